/** Entries by numeric value of their keys: object key order puts "98" before "97.5". */
export function byNumber<T>(record: Readonly<Record<string, T>>): [key: string, value: T][] {
  return Object.entries(record).sort(([a], [b]) => Number(a) - Number(b));
}

const known = ['MLP', 'CNN', 'ViT'];

/** Entries by architecture: the paper's three in its order, then others by name. */
export function byArchitecture<T>(record: Readonly<Record<string, T>>): [architecture: string, value: T][] {
  const rank = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length);
  return Object.entries(record).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
