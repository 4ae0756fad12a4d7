import { z } from 'zod';
import { type Findings, findingsSchema } from '../contract/findings.ts';
import { sourceName } from '../domain/data-sources.ts';
import { dataSetSchema } from '../contract/study.ts';
import type { DataSetSource } from '../contract/study.ts';
import { canonicalJson } from '../domain/identity.ts';
import type { ImageSize } from '../domain/images.ts';
import type { Database } from './database.ts';

/** A data set, known by the hash of its bytes. `mean` and `std` of the training pixels in [0, 1], for each channel. */
export interface DataSetRecord extends ImageSize {
  hash: string;
  name: string;
  classes: string[];
  trainCount: number;
  testCount: number;
  mean: readonly number[];
  std: readonly number[];
  source: DataSetSource;
}

interface Row extends Omit<DataSetRecord, 'classes' | 'mean' | 'std' | 'source'> {
  classes: string;
  mean: string;
  std: string;
  source: string;
}

const columns = `hash, name, classes, height, width, channels, train_count AS trainCount, test_count AS testCount,
  mean, std, source`;
const numbersSchema = z.array(z.number());

export class DataSets {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** Stores the data set; one that is stored already stays unchanged. */
  put(dataSet: DataSetRecord, now: number): void {
    this.#db.run(
      `INSERT INTO data_set
         (hash, name, classes, height, width, channels, train_count, test_count, mean, std, source, added_at)
       VALUES
         ($hash, $name, $classes, $height, $width, $channels, $trainCount, $testCount, $mean, $std, $source, $now)
       ON CONFLICT (hash) DO NOTHING`,
      {
        ...dataSet,
        classes: canonicalJson(dataSet.classes),
        mean: canonicalJson(dataSet.mean),
        std: canonicalJson(dataSet.std),
        source: canonicalJson(dataSet.source),
        now,
      },
    );
  }

  get(hash: string): DataSetRecord | undefined {
    const row = this.#db.get<Row>(`SELECT ${columns} FROM data_set WHERE hash = ?`, hash);
    return row && toRecord(row);
  }

  /** Stores what was read from a source; replaces what was read from it before. */
  putPrepared(dataSet: DataSetRecord, findings: Findings, now: number): void {
    this.put(dataSet, now);
    this.#db.run(
      `INSERT INTO prepared_data_set (source, hash, classes, findings, prepared_at)
       VALUES ($source, $hash, $classes, $findings, $now)
       ON CONFLICT (source) DO UPDATE SET hash = $hash, classes = $classes, findings = $findings, prepared_at = $now`,
      {
        ...{ source: canonicalJson(dataSet.source), hash: dataSet.hash, classes: canonicalJson(dataSet.classes) },
        ...{ findings: JSON.stringify(findings), now },
      },
    );
  }

  /** The data set that was last read from a source, with the source's own names. */
  bySource(source: DataSetSource): DataSetRecord | undefined {
    const text = canonicalJson(source);
    const sql = 'SELECT hash, classes FROM prepared_data_set WHERE source = ?';
    const prepared = this.#db.get<{ hash: string; classes: string }>(sql, text);
    const record = prepared && this.get(prepared.hash);
    if (!record) return this.list().find((known) => canonicalJson(known.source) === text);
    const classes = z.array(z.string()).parse(JSON.parse(prepared.classes));
    return { ...record, name: sourceName(source), classes, source };
  }

  /** What was found when a source was prepared; null: it is not prepared, or came with an archive. */
  findings(source: DataSetSource): Findings | null {
    const sql = 'SELECT findings FROM prepared_data_set WHERE source = ?';
    const row = this.#db.get<{ findings: string }>(sql, canonicalJson(source));
    return row ? findingsSchema.parse(JSON.parse(row.findings)) : null;
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
    mean: numbersSchema.parse(JSON.parse(row.mean)),
    std: numbersSchema.parse(JSON.parse(row.std)),
    source: dataSetSchema.parse(JSON.parse(row.source)),
  };
}
