import { type Examination, examinationSchema } from '../contract/evaluation.ts';
import type { Database } from './database.ts';

/** What snapshots make of test images, kept as it takes seconds to compute. */
export class Examinations {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** @param weights hash of a snapshot's weights. @param dataSet hash of the data set whose test images it saw. */
  get(weights: string, dataSet: string): Examination | undefined {
    const row = this.#db.get<{ result: string }>(
      'SELECT result FROM examination WHERE weights = ? AND data_set = ?',
      weights,
      dataSet,
    );
    return row && examinationSchema.safeParse(JSON.parse(row.result)).data;
  }

  put(weights: string, dataSet: string, examination: Examination, now: number): void {
    this.#db.run(
      `INSERT INTO examination (weights, data_set, result, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (weights, data_set) DO UPDATE SET result = excluded.result, at = excluded.at`,
      weights,
      dataSet,
      JSON.stringify(examination),
      now,
    );
  }
}
