import { kept } from '../../domain/numbers/arrays.ts';
import type { Database } from '../database.ts';

/** What `make` makes of an open data folder's database: once for each, when first asked. */
export function perDatabase<Made>(
  make: (database: Database) => Made,
): (storage: { readonly database: Database }) => Made {
  const made = new WeakMap<Database, Made>();
  return ({ database }) => kept(made, database, () => make(database));
}
