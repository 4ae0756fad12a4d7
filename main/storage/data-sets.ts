import { z } from 'zod';
import { type Findings, findingsSchema } from '../contract/results/findings.ts';
import { isPrepared, isUploadOfOthers, sourceName, sourcePaths } from '../domain/data/data-sources.ts';
import { dataSetSchema, type DataSetSource } from '../contract/studies/study.ts';
import { classCountsSchema, type DataSetRecord } from '../contract/api/data-sets.ts';
import { canonicalJson } from '../domain/plans/identity.ts';
import { sizeOf } from '../domain/data/images.ts';
import type { Database } from './database.ts';

interface Row extends Omit<DataSetRecord, 'classes' | 'mean' | 'std' | 'classCounts' | 'source'> {
  classes: string;
  mean: string;
  std: string;
  classCounts: string | null;
  source: string;
}

const columns = `hash, name, classes, height, width, channels, train_count AS trainCount, test_count AS testCount,
  mean, std, class_counts AS classCounts, source`;
const numbersSchema = z.array(z.number());
const namesSchema = z.array(z.string());

interface PreparedRow {
  hash: string;
  classes: string;
  findings: string | null;
  fingerprint: string | null;
  preparedAt: number;
}

/** What was read from a source. */
export interface PreparedRecord {
  record: DataSetRecord;
  /** Null: the images came with an archive. */
  findings: Findings | null;
  /** Fingerprint of the source's files when they were read; null: unknown. */
  fingerprint: string | null;
  /** Milliseconds since 1970. */
  preparedAt: number;
}

/** Order of what was read from a source: the last first, whatever the clock said; what came with an archive after all else. */
export const lastReadFirst = 'prepared_at > 0 DESC, rowid DESC';

export class DataSets {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** Stores the data set; one that is stored already stays unchanged, but for counts of its classes if it has none. */
  put(dataSet: DataSetRecord, now: number): void {
    const { classes, mean, std, classCounts, source, hash, name, trainCount, testCount } = dataSet;
    const row = {
      ...sizeOf(dataSet),
      hash,
      name,
      trainCount,
      testCount,
      classes: canonicalJson(classes),
      mean: canonicalJson(mean),
      std: canonicalJson(std),
      classCounts: classCounts ? canonicalJson(classCounts) : null,
      source: canonicalJson(source),
      addedAt: now,
    };
    const counted = 'UPDATE SET class_counts = excluded.class_counts WHERE class_counts IS NULL';
    this.#db.insert('data_set', row, `ON CONFLICT (hash) DO ${counted}`);
  }

  get(hash: string): DataSetRecord | undefined {
    const row = this.#db.get<Row>(`SELECT ${columns} FROM data_set WHERE hash = ?`, hash);
    return row && toRecord(row);
  }

  /**
   * Stores what was read from a source; replaces what was known of this source and these images.
   * @param read `testFiles`: what the files of the test images are called, by position; null or absent: unknown
   */
  putPrepared(
    dataSet: DataSetRecord,
    read: { findings: Findings | null; fingerprint: string | null; testFiles?: readonly string[] | null },
    now: number,
  ): void {
    this.put(dataSet, now);
    this.#db.run(
      `INSERT OR REPLACE INTO prepared_data_set (source, hash, classes, findings, fingerprint, prepared_at, test_files)
       VALUES ($source, $hash, $classes, $findings, $fingerprint, $now, $testFiles)`,
      {
        source: canonicalJson(dataSet.source),
        hash: dataSet.hash,
        classes: canonicalJson(dataSet.classes),
        findings: read.findings && JSON.stringify(read.findings),
        fingerprint: read.fingerprint,
        now,
        testFiles: read.testFiles ? JSON.stringify(read.testFiles) : null,
      },
    );
  }

  /** Stores a data set of an archive, with its names: others may have read the same images under other names. */
  putImported(dataSet: DataSetRecord, now: number): void {
    this.put(dataSet, now);
    if (!isPrepared(dataSet.source) || this.fromSource(dataSet.hash, dataSet.source)) return;
    // An archive may name images as if they had come in another file.
    if (sourcePaths(dataSet.source).some(({ path }) => isUploadOfOthers(path, dataSet.hash))) return;
    // What was read here counts more, however old it is.
    this.putPrepared(dataSet, { findings: null, fingerprint: null }, 0);
  }

  /** What was last read from a source, with the source's own names. */
  prepared(source: DataSetSource): PreparedRecord | undefined {
    const row = this.#db.get<PreparedRow>(
      `SELECT hash, classes, findings, fingerprint, prepared_at AS preparedAt FROM prepared_data_set
       WHERE source = ? ORDER BY ${lastReadFirst} LIMIT 1`,
      canonicalJson(source),
    );
    const record = row && this.#named(row, source);
    if (!record) return undefined;
    const { findings, fingerprint, preparedAt } = row;
    return {
      record,
      findings: findings === null ? null : findingsSchema.parse(JSON.parse(findings)),
      fingerprint,
      preparedAt,
    };
  }

  /** What the files of the test images are called, by position, as far as it was read from a source; null: unknown. */
  testFiles(hash: string, source: DataSetSource): string[] | null {
    const sql = 'SELECT test_files AS files FROM prepared_data_set WHERE source = ? AND hash = ?';
    const row = this.#db.get<{ files: string | null }>(sql, canonicalJson(source), hash);
    return row?.files == null ? null : namesSchema.parse(JSON.parse(row.files));
  }

  /** The data set that was last read from a source, with the source's own names. */
  bySource(source: DataSetSource): DataSetRecord | undefined {
    const text = canonicalJson(source);
    return this.prepared(source)?.record ?? this.list().find((known) => canonicalJson(known.source) === text);
  }

  /** A data set with the names that a source gave when it was read; undefined: it is not known from this source. */
  fromSource(hash: string, source: DataSetSource): DataSetRecord | undefined {
    const sql = 'SELECT hash, classes FROM prepared_data_set WHERE source = ? AND hash = ?';
    const row = this.#db.get<Pick<PreparedRow, 'hash' | 'classes'>>(sql, canonicalJson(source), hash);
    return row && this.#named(row, source);
  }

  #named({ hash, classes }: Pick<PreparedRow, 'hash' | 'classes'>, source: DataSetSource): DataSetRecord | undefined {
    const record = this.get(hash);
    return record && { ...record, name: sourceName(source), classes: namesSchema.parse(JSON.parse(classes)), source };
  }

  /** In the order of their names. */
  list(): DataSetRecord[] {
    return this.#db.all<Row>(`SELECT ${columns} FROM data_set ORDER BY name, hash`).map(toRecord);
  }
}

function toRecord(row: Row): DataSetRecord {
  const { classCounts, ...own } = row;
  return {
    ...own,
    ...(classCounts !== null && { classCounts: classCountsSchema.parse(JSON.parse(classCounts)) }),
    classes: namesSchema.parse(JSON.parse(row.classes)),
    mean: numbersSchema.parse(JSON.parse(row.mean)),
    std: numbersSchema.parse(JSON.parse(row.std)),
    source: dataSetSchema.parse(JSON.parse(row.source)),
  };
}
