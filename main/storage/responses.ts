import type { Database } from './database.ts';
import { Labelers } from './labelers.ts';
import type { LabelerRecord } from './labelers.ts';
import { LabelingWithdrawals } from './labeling/withdrawals.ts';

export interface NewResponse {
  setHash: string;
  imageId: number;
  labelerId: number;
  /** Class index, or null: left blank. */
  label: number | null;
  source: string;
}

/** A whole table of labels, e.g. a humans.csv, ready to be stored. */
export interface ResponseTable {
  setHash: string;
  source: string;
  simulated: boolean;
  /** The study that it is stored for: who withdrew from it is passed over under any source. */
  studyId?: number;
  rows: readonly { imageId: number; pseudonym: string; label: number | null }[];
}

/** What labelers last said about a set: an image a row, a labeler a column. */
export interface LabelTable {
  /** By pseudonym; each says whether it is simulated. */
  labelers: LabelerRecord[];
  /** True if any labeler is simulated: every table, chart and export of it has to say so. */
  containsSimulated: boolean;
  imageIds: number[];
  /** labels[labeler][image], null: missing. */
  labels: (number | null)[][];
}

/** One entry of the log, in the order in which they came. */
export interface ResponseRecord extends NewResponse {
  id: number;
  at: number;
}

export class Responses {
  readonly #db: Database;
  readonly #labelers: Labelers;
  readonly #withdrawals: LabelingWithdrawals;

  constructor(database: Database) {
    this.#db = database;
    this.#labelers = new Labelers(database);
    this.#withdrawals = new LabelingWithdrawals(database);
  }

  /** Adds to the log. The latest response of a labeler to an image is the one that counts. */
  add({ setHash, imageId, labelerId, label, source }: NewResponse, now: number): number {
    return this.#db.run(
      'INSERT INTO response (set_hash, image_id, labeler_id, label, at, source) VALUES (?, ?, ?, ?, ?, ?)',
      setHash,
      imageId,
      labelerId,
      label,
      now,
      source,
    ).id;
  }

  /**
   * Stores a whole table, or nothing of it. Labels that are there already are not stored again, so importing the same
   * file twice changes nothing. Labelers who withdrew are passed over. Gives the labelers' ids, in the order in which they
   * first occur.
   */
  importTable(table: ResponseTable, now: number): number[] {
    return this.#db.transaction(() => {
      const ids = new Map<string, number>();
      const gone = this.#gone(table);
      for (const { imageId, pseudonym, label } of table.rows) {
        if (gone.has(pseudonym)) continue;
        const labelerId = ids.get(pseudonym) ?? this.#labelers.ensure({ ...table, pseudonym }, now);
        ids.set(pseudonym, labelerId);
        const response = { setHash: table.setHash, imageId, labelerId, label, source: table.source };
        this.addIfNew(response, now);
      }
      return [...ids.values()];
    });
  }

  #gone({ rows, source, simulated, studyId }: ResponseTable): Set<string> {
    const pseudonyms = new Set(rows.map(({ pseudonym }) => pseudonym));
    const ofStudy = simulated ? null : studyId;
    const gone = this.#withdrawals.lookup(ofStudy);
    return new Set([...pseudonyms].filter((pseudonym) => gone.find({ source, pseudonym }) !== undefined));
  }

  /** Adds to the log what is not its last word already. */
  addIfNew(response: NewResponse, now: number): void {
    if (!this.#isCurrent(response)) this.add(response, now);
  }

  #isCurrent({ setHash, imageId, labelerId, label }: NewResponse): boolean {
    const last = this.#db.get<{ label: number | null }>(
      `SELECT label FROM response WHERE set_hash = ? AND labeler_id = ? AND image_id = ? ORDER BY id DESC LIMIT 1`,
      setHash,
      labelerId,
      imageId,
    );
    return last !== undefined && last.label === label;
  }

  /** What the study's labelers say about a stimulus set. */
  table(studyId: number, setHash: string): LabelTable {
    const labelers = this.#labelers.ofStudy(studyId);
    const imageIds = this.#db
      .all<{ id: number }>('SELECT image_id AS id FROM stimulus WHERE set_hash = ? ORDER BY image_id', setHash)
      .map(({ id }) => id);
    const column = new Map(imageIds.map((id, index) => [id, index]));
    const labels = labelers.map(({ id }) => this.#labelsOf(setHash, id, column));
    return { labelers, containsSimulated: labelers.some(({ simulated }) => simulated), imageIds, labels };
  }

  #labelsOf(setHash: string, labelerId: number, column: ReadonlyMap<number, number>): (number | null)[] {
    const labels = new Array<number | null>(column.size).fill(null);
    const last = this.#last(setHash, labelerId);
    last.images.forEach((imageId, given) => {
      const index = column.get(imageId);
      if (index !== undefined) labels[index] = last.labels[given] ?? null;
    });
    return labels;
  }

  /** Number of the newest entry of a labeler's log about a set; 0: none. */
  latestEntryId(setHash: string, labelerId: number): number {
    const sql = 'SELECT max(id) AS id FROM response WHERE set_hash = ? AND labeler_id = ?';
    return this.#db.get<{ id: number | null }>(sql, setHash, labelerId)?.id ?? 0;
  }

  /** All that one labeler ever said about one image, the last word last. */
  imageLog(setHash: string, labelerId: number, imageId: number): ResponseRecord[] {
    return this.#db.all<ResponseRecord>(
      `SELECT id, set_hash AS setHash, image_id AS imageId, labeler_id AS labelerId, label, at, source
       FROM response WHERE set_hash = ? AND labeler_id = ? AND image_id = ? ORDER BY id`,
      setHash,
      labelerId,
      imageId,
    );
  }

  /**
   * The last word on each image, by image. As two JSON texts: for millions of labels that is much quicker than rows, and
   * the index alone answers it.
   */
  #last(setHash: string, labelerId: number): { images: number[]; labels: (number | null)[] } {
    const row = this.#db.get<{ images: string; labels: string }>(
      `SELECT json_group_array(image_id) AS images, json_group_array(label) AS labels
       FROM (SELECT image_id, label, max(id) FROM response WHERE set_hash = ? AND labeler_id = ? GROUP BY image_id)`,
      setHash,
      labelerId,
    );
    return {
      images: JSON.parse(row?.images ?? '[]') as number[],
      labels: JSON.parse(row?.labels ?? '[]') as (number | null)[],
    };
  }

  /** The last word of one labeler on each image that has one, by image. */
  current(setHash: string, labelerId: number): { imageId: number; label: number | null }[] {
    const { images, labels } = this.#last(setHash, labelerId);
    return images.map((imageId, index) => ({ imageId, label: labels[index] ?? null }));
  }

  /** Whether a labeler ever said anything about a set. */
  hasAny(setHash: string, labelerId: number): boolean {
    return (
      this.#db.get('SELECT 1 FROM response WHERE set_hash = ? AND labeler_id = ? LIMIT 1', setHash, labelerId) !==
      undefined
    );
  }

  /** All that one labeler ever said about a set. */
  log(setHash: string, labelerId: number): ResponseRecord[] {
    return this.#db.all<ResponseRecord>(
      `SELECT id, set_hash AS setHash, image_id AS imageId, labeler_id AS labelerId, label, at, source
       FROM response WHERE set_hash = ? AND labeler_id = ? ORDER BY id`,
      setHash,
      labelerId,
    );
  }
}
