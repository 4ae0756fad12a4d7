import type { Database } from './database.ts';
import { Labelers } from './labelers.ts';
import type { LabelerRecord } from './labelers.ts';

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

  constructor(database: Database) {
    this.#db = database;
    this.#labelers = new Labelers(database);
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
   * file twice changes nothing. Gives the labelers' ids, in the order in which they first occur.
   */
  importTable(table: ResponseTable, now: number): number[] {
    return this.#db.transaction(() => {
      const ids = new Map<string, number>();
      for (const { imageId, pseudonym, label } of table.rows) {
        const labelerId = ids.get(pseudonym) ?? this.#labelers.ensure({ ...table, pseudonym }, now);
        ids.set(pseudonym, labelerId);
        const response = { setHash: table.setHash, imageId, labelerId, label, source: table.source };
        this.addIfNew(response, now);
      }
      return [...ids.values()];
    });
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
    for (const { imageId, label } of this.#inOrder(setHash, labelerId)) {
      const index = column.get(imageId);
      if (index !== undefined) labels[index] = label;
    }
    return labels;
  }

  /** Number of the newest entry of a labeler's log about a set; 0: none. */
  lastEntry(setHash: string, labelerId: number): number {
    const sql = 'SELECT max(id) AS id FROM response WHERE set_hash = ? AND labeler_id = ?';
    return this.#db.get<{ id: number | null }>(sql, setHash, labelerId)?.id ?? 0;
  }

  /** All that one labeler ever said about one image, the last word last. */
  ofImage(setHash: string, labelerId: number, imageId: number): ResponseRecord[] {
    return this.#db.all<ResponseRecord>(
      `SELECT id, set_hash AS setHash, image_id AS imageId, labeler_id AS labelerId, label, at, source
       FROM response WHERE set_hash = ? AND labeler_id = ? AND image_id = ? ORDER BY id`,
      setHash,
      labelerId,
      imageId,
    );
  }

  /** By image, then in the order in which they came. */
  #inOrder(setHash: string, labelerId: number): { imageId: number; label: number | null }[] {
    return this.#db.all(
      'SELECT image_id AS imageId, label FROM response WHERE set_hash = ? AND labeler_id = ? ORDER BY image_id, id',
      setHash,
      labelerId,
    );
  }

  /** The last word of one labeler on each image that has one, by image. */
  current(setHash: string, labelerId: number): { imageId: number; label: number | null }[] {
    const last = new Map<number, number | null>();
    for (const { imageId, label } of this.#inOrder(setHash, labelerId)) last.set(imageId, label);
    return [...last].map(([imageId, label]) => ({ imageId, label }));
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
