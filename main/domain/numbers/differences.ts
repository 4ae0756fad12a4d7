export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A key at which values differ, with the JSON of each value; null: it does not have the key. */
interface Difference {
  key: string;
  values: (string | null)[];
}

/**
 * Keys, as paths with dots, at which these things are not all the same, and how many keys are the same in all. Lists
 * are values: [500, 500] and [500] differ as one value.
 */
export function differences(things: readonly Json[]): { different: Difference[]; same: number } {
  const flat = things.map((thing) => new Map(leaves(thing, '')));
  const keys = [...new Set(flat.flatMap((of) => [...of.keys()]))];
  const all = keys.map((key) => ({ key, values: flat.map((of) => of.get(key) ?? null) }));
  const different = all.filter(({ values }) => values.some((value) => value !== values[0]));
  return { different, same: all.length - different.length };
}

function leaves(value: Json, path: string): [string, string][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}
