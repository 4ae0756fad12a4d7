import type { z } from 'zod';
import { canonicalJson } from '../domain/plans/identity.ts';
import type { Database } from './database.ts';

/** Settings that a person chose, by name: for the workbench, or for one study. Values are JSON. */
export class Settings {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** The value, or undefined if none was set or the schema no longer accepts it. */
  get<Value>(name: string, schema: z.ZodType<Value>): Value | undefined {
    return parseValue(this.#db.get<{ value: string }>('SELECT value FROM setting WHERE name = ?', name), schema);
  }

  set(name: string, value: unknown, now: number): void {
    this.#db.insert(
      'setting',
      { name, value: canonicalJson(value), setAt: now },
      `ON CONFLICT (name) ${replacesValue}`,
    );
  }

  /** See `get`. */
  ofStudy<Value>(studyId: number, name: string, schema: z.ZodType<Value>): Value | undefined {
    const row = this.#db.get<{ value: string }>(
      'SELECT value FROM study_setting WHERE study_id = ? AND name = ?',
      studyId,
      name,
    );
    return parseValue(row, schema);
  }

  setOfStudy(studyId: number, name: string, value: unknown, now: number): void {
    const row = { studyId, name, value: canonicalJson(value), setAt: now };
    this.#db.insert('study_setting', row, `ON CONFLICT (study_id, name) ${replacesValue}`);
  }
}

const replacesValue = 'DO UPDATE SET value = excluded.value, set_at = excluded.set_at';

function parseValue<Value>(row: { value: string } | undefined, schema: z.ZodType<Value>): Value | undefined {
  return row && schema.safeParse(JSON.parse(row.value)).data;
}
