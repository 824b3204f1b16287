/** At this many changed letters, two names are no longer the same name mistyped. */
const MAX_DISTANCE = 3;

/**
 * The name that was most likely meant by `written`: the nearest within two changed, missing or extra
 * letters, where an abbreviation counts as one; undefined when none is near. `written` and `names` are in
 * lower case.
 */
export function suggest(written: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = MAX_DISTANCE;
  for (const name of names) {
    const distance = isAbbreviation(written, name) ? 1 : editDistance(written, name);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

function isAbbreviation(written: string, name: string): boolean {
  return written.length > MAX_DISTANCE && name.startsWith(written);
}

/** Levenshtein distance, or `MAX_DISTANCE` when the lengths alone are that far apart. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) >= MAX_DISTANCE) return MAX_DISTANCE;
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = cell(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, cell(previous, column) + 1, cell(current, column - 1) + 1));
    }
    previous = current;
  }
  return cell(previous, b.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? MAX_DISTANCE;
}
