import { z } from 'zod';
import { dataSetSchema } from '../contract/study.ts';
import type { DataSetSource } from '../contract/study.ts';
import { canonicalJson } from '../domain/identity.ts';
import type { Database } from './database.ts';

/** A data set, known by the hash of its bytes. `mean` and `std` of the training pixels in [0, 1]. */
export interface DataSetRecord {
  hash: string;
  name: string;
  classes: string[];
  height: number;
  width: number;
  trainCount: number;
  testCount: number;
  mean: number;
  std: number;
  source: DataSetSource;
}

interface Row extends Omit<DataSetRecord, 'classes' | 'source'> {
  classes: string;
  source: string;
}

const columns = `hash, name, classes, height, width, train_count AS trainCount, test_count AS testCount, mean, std, source`;

export class DataSets {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** Stores the data set; one that is stored already stays unchanged. */
  put(dataSet: DataSetRecord, now: number): void {
    this.#db.run(
      `INSERT INTO data_set (hash, name, classes, height, width, train_count, test_count, mean, std, source, added_at)
       VALUES ($hash, $name, $classes, $height, $width, $trainCount, $testCount, $mean, $std, $source, $now)
       ON CONFLICT (hash) DO NOTHING`,
      { ...dataSet, classes: canonicalJson(dataSet.classes), source: canonicalJson(dataSet.source), now },
    );
  }

  get(hash: string): DataSetRecord | undefined {
    const row = this.#db.get<Row>(`SELECT ${columns} FROM data_set WHERE hash = ?`, hash);
    return row && toRecord(row);
  }

  /** In the order of their names. */
  list(): DataSetRecord[] {
    return this.#db.all<Row>(`SELECT ${columns} FROM data_set ORDER BY name, hash`).map(toRecord);
  }
}

function toRecord(row: Row): DataSetRecord {
  return {
    ...row,
    classes: z.array(z.string()).parse(JSON.parse(row.classes)),
    source: dataSetSchema.parse(JSON.parse(row.source)),
  };
}
