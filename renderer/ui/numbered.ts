/** Things that are known by their place, with a key for React: two of them may be called the same. */
export const numbered = <T>(items: readonly T[]): { key: string; item: T; place: number }[] =>
  items.map((item, place) => ({ key: `place-${place}`, item, place }));
