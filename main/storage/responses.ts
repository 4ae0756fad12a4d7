import { randomUUID } from 'node:crypto';
import { forEachStep, runAtOnce, runInBatches } from './batches.ts';
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

/** A label of a table. */
export interface LabelRow {
  imageId: number;
  pseudonym: string;
  label: number | null;
}

/** A table of labels, ready to be stored. */
export interface ResponseTable {
  setHash: string;
  source: string;
  simulated: boolean;
  /** The study that it is stored for: people who withdrew from it are skipped under any source. */
  studyId?: number;
  rows: Iterable<LabelRow>;
}

/** Each labeler's latest label for each image of a set. */
export interface LabelTable {
  /** By pseudonym; each says whether it is simulated. */
  labelers: LabelerRecord[];
  /** True if any labeler is simulated: every table, chart and export of it has to say so. */
  containsSimulated: boolean;
  imageIds: number[];
  /** labels[labeler][image], null: missing. */
  labels: (number | null)[][];
}

/** An entry of the log; entries are in order of arrival. */
export interface ResponseRecord extends NewResponse {
  id: number;
  at: number;
}

/** Rows of a table that are sorted by their labeler in a step: well below a millisecond. */
const rowsPerStep = 1000;

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
    return this.#db.insert('response', { setHash, imageId, labelerId, label, source, at: now }).id;
  }

  /**
   * Stores a complete table, or nothing of it. Existing labels are not stored again, so importing a file twice changes
   * nothing. Labelers who withdrew are skipped. Returns the labelers' ids in order of their first row.
   */
  importTable(table: ResponseTable, now: number): number[] {
    return this.#db.transaction(() => runAtOnce(this.#storeSteps(table, now, null))());
  }

  /**
   * `importTable` in small steps for transactions of the caller. Until the returned function is called, new labelers belong to
   * a study without a declaration, which nothing shows and `removeUnfinished` removes.
   * @returns what completes the import; call it in the transaction that makes the labelers a study's
   */
  *importTableSteps(table: ResponseTable, now: number): Generator<void, () => number[]> {
    const hidden = this.#db.insert('study', { name: `import:${randomUUID()}`, createdAt: now }).id;
    yield;
    const complete = yield* this.#storeSteps(table, now, hidden);
    return () => {
      const ids = complete();
      this.#db.run('DELETE FROM study WHERE id = ?', hidden);
      return ids;
    };
  }

  /** @param hidden study to which new labelers belong at first; null: none */
  *#storeSteps(table: ResponseTable, now: number, hidden: number | null): Generator<void, () => number[]> {
    const { setHash, source } = table;
    const people = new Map<string, LabelRow[]>();
    let count = 0;
    for (const row of table.rows) {
      const rows = people.get(row.pseudonym);
      if (rows) rows.push(row);
      else people.set(row.pseudonym, [row]);
      if (count++ % rowsPerStep === 0) yield;
    }
    const withdrawn = this.#findWithdrawn(table, people.keys());
    const isKnown = 'SELECT 1 FROM labeler WHERE source = ? AND pseudonym = ?';
    const [ids, later] = [[] as number[], [] as NewResponse[]];
    for (const [pseudonym, rows] of people) {
      if (withdrawn.has(pseudonym)) continue;
      const known = this.#db.get(isKnown, source, pseudonym) !== undefined;
      const labelerId = this.#labelers.ensure({ ...table, pseudonym }, now);
      ids.push(labelerId);
      const responses = rows.map(({ imageId, label }) => ({ setHash, imageId, labelerId, label, source }));
      if (known) {
        // Their labels may be on show: those that change do so at once.
        const current = new Map(this.current(setHash, labelerId).map(({ imageId, label }) => [imageId, label]));
        for (const response of responses) {
          if (current.get(response.imageId) !== response.label) later.push(response);
          current.set(response.imageId, response.label);
        }
        yield;
        continue;
      }
      if (hidden !== null) this.#db.insert('study_labeler', { studyId: hidden, labelerId, linkedAt: now });
      for (const response of responses) {
        this.addIfNew(response, now);
        yield;
      }
    }
    return () => {
      for (const response of later) this.addIfNew(response, now);
      return ids;
    };
  }

  #findWithdrawn({ source, simulated, studyId }: ResponseTable, pseudonyms: Iterable<string>): Set<string> {
    const ofStudy = simulated ? null : studyId;
    const withdrawals = this.#withdrawals.lookup(ofStudy);
    return new Set([...pseudonyms].filter((pseudonym) => withdrawals.find({ source, pseudonym }) !== undefined));
  }

  /** Adds a response unless the labeler's latest label for the image is the same. */
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

  /** Labels of the study's labelers for a stimulus set. Holds this process for seconds if there are millions. */
  table(studyId: number, setHash: string): LabelTable {
    return runAtOnce(this.#tableSteps(studyId, setHash));
  }

  /** `table` in batches. Labels that arrive meanwhile may be left out. */
  readTable(studyId: number, setHash: string): Promise<LabelTable> {
    return runInBatches(this.#tableSteps(studyId, setHash));
  }

  *#tableSteps(studyId: number, setHash: string): Generator<void, LabelTable> {
    const labelers = this.#labelers.ofStudy(studyId);
    const imageIds = this.#db
      .all<{ id: number }>('SELECT image_id AS id FROM stimulus WHERE set_hash = ? ORDER BY image_id', setHash)
      .map(({ id }) => id);
    const column = new Map(imageIds.map((id, index) => [id, index]));
    const labels: LabelTable['labels'] = [];
    yield* forEachStep(labelers, ({ id }) => labels.push(this.#readLabels(setHash, id, column)));
    return { labelers, containsSimulated: labelers.some(({ simulated }) => simulated), imageIds, labels };
  }

  #readLabels(setHash: string, labelerId: number, column: ReadonlyMap<number, number>): (number | null)[] {
    const labels = new Array<number | null>(column.size).fill(null);
    const last = this.#latestLabels(setHash, labelerId);
    last.images.forEach((imageId, given) => {
      const index = column.get(imageId);
      if (index !== undefined) labels[index] = last.labels[given] ?? null;
    });
    return labels;
  }

  /** Id of a labeler's latest response to a set; 0: none. */
  latestEntryId(setHash: string, labelerId: number): number {
    const sql = `SELECT id FROM response INDEXED BY response_by_labeler WHERE labeler_id = ? AND set_hash = ?
       ORDER BY id DESC LIMIT 1`;
    return this.#db.get<{ id: number }>(sql, labelerId, setHash)?.id ?? 0;
  }

  /** All responses of a labeler to an image, the latest last. */
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
   * The latest label of each image, by image. Read as two JSON texts: for millions of labels that is much faster than
   * rows, and the index alone answers it.
   */
  #latestLabels(setHash: string, labelerId: number): { images: number[]; labels: (number | null)[] } {
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

  /** A labeler's latest label of each image that has one, by image. */
  current(setHash: string, labelerId: number): { imageId: number; label: number | null }[] {
    const { images, labels } = this.#latestLabels(setHash, labelerId);
    return images.map((imageId, index) => ({ imageId, label: labels[index] ?? null }));
  }

  /** Whether a labeler has any response to a set. */
  hasAny(setHash: string, labelerId: number): boolean {
    return (
      this.#db.get('SELECT 1 FROM response WHERE set_hash = ? AND labeler_id = ? LIMIT 1', setHash, labelerId) !==
      undefined
    );
  }

  /** All responses of a labeler to a set. */
  log(setHash: string, labelerId: number): ResponseRecord[] {
    return this.#db.all<ResponseRecord>(
      `SELECT id, set_hash AS setHash, image_id AS imageId, labeler_id AS labelerId, label, at, source
       FROM response WHERE set_hash = ? AND labeler_id = ? ORDER BY id`,
      setHash,
      labelerId,
    );
  }
}
