/** Someone with a mailbox on the demo's mail server. */
export interface Person {
  readonly name: string;
  readonly fullName: string;
  readonly password: string;
}

/** Whose page views are measured. The passwords are printed on the screen: they open nothing but the demo. */
export const PEOPLE: readonly Person[] = [
  { name: 'anna', fullName: 'Anna Lindqvist', password: 'sunflower' },
  { name: 'ben', fullName: 'Ben Okafor', password: 'raincoat' },
  { name: 'clara', fullName: 'Clara Duarte', password: 'lighthouse' },
  { name: 'dmitri', fullName: 'Dmitri Volkov', password: 'teapot' },
  { name: 'emma', fullName: 'Emma Castillo', password: 'bicycle' },
];

/** Warms everything up before the clock runs; no measured page view is this user's. */
export const WARM_UP: Person = { name: 'warmup', fullName: 'Warm Up', password: 'kettle' };
