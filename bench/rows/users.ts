/** So many user names that no other caller of the same `purpose` shares. */
export function users(purpose: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${purpose}${index}`);
}
