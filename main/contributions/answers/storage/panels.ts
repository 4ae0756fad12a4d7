import { randomUUID } from 'node:crypto';
import { missing, type People, type Ratings } from '../../../analysis/labels/index.ts';
import {
  type PanelFindings,
  type PanelKind,
  type PanelRecord,
  panelFindingsSchema,
  type StoredAnswers,
} from '../contract/responses.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import {
  type Database,
  type LabelerRecord,
  Labelers,
  markLabeler,
  type OtherAnswers,
  type OtherAnswersRecord,
  type Storage,
  type StoredPerson,
} from '../../../storage/index.ts';
import { LabelingWithdrawals } from '../../../storage/labeling/index.ts';

/** Answers of one person, or of counts of all people, as they are stored. */
export interface PanelRow {
  /** Null: counts. */
  pseudonym: string | null;
  /** Number of answers; of counts: of labels. */
  amount: number;
  /** `StoredAnswers` as JSON. */
  answers: string;
}

/** A panel that is being imported. */
export interface NewPanel extends Pick<PanelRecord, 'setHash' | 'kind' | 'source'> {
  studyId: number;
  /** Hash of the file, the kind and the mapping: a panel of the same key is the same import. */
  key: string;
  findings: PanelFindings;
}

interface Row extends Pick<PanelRecord, 'id' | 'setHash' | 'kind' | 'source' | 'importedAt'> {
  people: number;
  answers: number | null;
  findings: string;
  used: number;
}

/** Times of a study's link to people of its panels: they belong to it, but their single labels do not count. */
const besides = 0;

const ofPeople = 'labeler_id IS NULL OR labeler_id NOT IN (SELECT labeler_id FROM withdrawing)';
const columns = `panel.id, set_hash AS setHash, kind, source, findings, imported_at AS importedAt, used,
  (SELECT count(labeler_id) FROM panel_answer WHERE panel_id = panel.id AND (${ofPeople})) AS people,
  (SELECT sum(amount) FROM panel_answer WHERE panel_id = panel.id AND (${ofPeople})) AS answers`;

/** Panels: answers of people of one kind each, imported into a study. Kinds are never pooled. */
export class Panels {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** All panels of a study, of any stimulus set, the newest first. */
  ofStudy(studyId: number): PanelRecord[] {
    return this.#db
      .all<Row>(`SELECT ${columns} FROM panel WHERE study_id = ? AND removed = 0 ORDER BY id DESC`, studyId)
      .map(toRecord);
  }

  get(id: number): PanelRecord | undefined {
    const row = this.#db.get<Row>(`SELECT ${columns} FROM panel WHERE id = ? AND removed = 0`, id);
    return row && toRecord(row);
  }

  /** The panel that figures of a study use: chosen, and of its present stimuli. Undefined: its own labels. */
  inUse(studyId: number): PanelRecord | undefined {
    const row = this.#db.get<Row>(
      `SELECT ${columns} FROM panel WHERE study_id = $studyId AND used = 1 AND removed = 0 AND set_hash =
         (SELECT set_hash FROM study_stimulus_set WHERE study_id = $studyId AND replaced_at IS NULL)`,
      { studyId },
    );
    return row && toRecord(row);
  }

  /** @param panelId null: the study's own labels */
  use(studyId: number, panelId: number | null): void {
    this.#db.transaction(() => {
      this.#db.run('UPDATE panel SET used = 0 WHERE study_id = ? AND used = 1', studyId);
      if (panelId !== null) this.#db.run('UPDATE panel SET used = 1 WHERE id = ? AND study_id = ?', panelId, studyId);
    });
  }

  /** The panel of a study that the same import made before. */
  byKey(studyId: number, key: string): PanelRecord | undefined {
    const sql = `SELECT ${columns} FROM panel WHERE study_id = ? AND key = ? AND removed = 0 ORDER BY id DESC LIMIT 1`;
    const row = this.#db.get<Row>(sql, studyId, key);
    return row && toRecord(row);
  }

  /** People of any panel of a study, by pseudonym. @param areKnown false: those who only count the answers of an image */
  people(studyId: number, areKnown = true): LabelerRecord[] {
    const ids = this.#db.all<{ id: number }>(
      `SELECT DISTINCT labeler_id AS id FROM panel_answer JOIN panel ON panel.id = panel_id JOIN labeler ON labeler.id = labeler_id
       WHERE study_id = ? AND removed = 0 AND (${ofPeople}) AND labeler_id IS NOT NULL
         AND (findings ->> '$.anonymous' IS NULL) = ? ORDER BY pseudonym, labeler_id`,
      ...[studyId, areKnown ? 1 : 0],
    );
    const labelers = new Labelers(this.#db);
    return ids.flatMap(({ id }) => labelers.get(id) ?? []);
  }

  /** The people of one panel by pseudonym, with their stored answers, one at a time; counts: one entry. */
  *stored(id: number): Generator<StoredPerson> {
    const rows = this.#db.all<{ id: number; labelerId: number | null }>(
      `SELECT panel_answer.id, labeler_id AS labelerId FROM panel_answer LEFT JOIN labeler ON labeler.id = labeler_id
       WHERE panel_id = ? AND (${ofPeople}) ORDER BY pseudonym, labeler_id`,
      id,
    );
    const labelers = new Labelers(this.#db);
    for (const { id: row, labelerId } of rows) {
      const sql = 'SELECT amount, answers FROM panel_answer WHERE id = ?';
      const answers = this.#db.get<Pick<PanelRow, 'amount' | 'answers'>>(sql, row);
      const labeler = labelerId === null ? null : labelers.get(labelerId);
      if (answers && labeler !== undefined) yield { labeler, ...answers };
    }
  }

  /**
   * All answers of a panel, labelers by pseudonym, and the records of these labelers, in their order; none of counts. Takes
   * up to a second for a large one.
   * @throws Error if there is no such panel
   */
  readWithPeople(id: number): { people: LabelerRecord[]; answers: People } {
    const rows = [...this.stored(id)];
    return { people: rows.flatMap(({ labeler }) => labeler ?? []), answers: this.#parse(id, rows) };
  }

  #parse(id: number, rows: readonly StoredPerson[]): People {
    const panel = this.get(id);
    if (!panel) throw new Error(`there is no panel ${id}`);
    const places = this.#db.all<{ image: number }>(
      'SELECT image_id AS image FROM stimulus WHERE set_hash = ? ORDER BY image_id',
      panel.setHash,
    );
    const classes = this.#db.get<{ n: number }>(
      'SELECT json_array_length(classes) AS n FROM stimulus_set WHERE hash = ?',
      panel.setHash,
    );
    const placeOf = new Map(places.map(({ image }, place) => [image, place]));
    const size = { images: places.length, classes: classes?.n ?? 0 };
    const labelers = rows.map(({ labeler }) => labeler?.pseudonym ?? '');
    const who = { labelers, ...(panel.people === null && { isAnonymous: true as const }) };
    const each = <Kind extends PanelKind>(_kind: Kind) =>
      rows.flatMap(({ answers }, labeler) =>
        (JSON.parse(answers) as StoredAnswers<Kind>).map(([image, answer]) => {
          const place = placeOf.get(image);
          if (place === undefined) throw new Error(`panel ${id} has answers about an image that its set has not`);
          return { image: place, labeler, answer: answer as StoredAnswers<Kind>[number][1] };
        }),
      );
    switch (panel.kind) {
      case 'counts': {
        const counts = new Uint32Array(size.images * size.classes);
        const present = new Uint32Array(size.images);
        for (const { image, answer } of each('counts')) {
          for (const [label, count] of answer) {
            counts[image * size.classes + label]! += count;
            present[image]! += count;
          }
        }
        return { kind: 'counts', counts: { ...size, counts, present } };
      }
      case 'abstain': {
        const values = new Int16Array(rows.length * size.images).fill(missing);
        const unanswered = new Uint8Array(values.length);
        for (const { image, labeler, answer } of each('abstain')) {
          const cell = labeler * size.images + image;
          if (answer === null) unanswered[cell] = 1;
          else values[cell] = answer;
        }
        return { kind: 'abstain', ...who, labels: { raters: rows.length, ...size, values, unanswered } };
      }
      case 'set': {
        const answers = each('set').map(({ answer, ...of }) => ({ ...of, labels: answer }));
        return { kind: 'set', ...who, answers };
      }
      case 'graded': {
        const rated = each('graded').map(({ answer, ...of }): Ratings => {
          return { ...of, ratings: answer.map(([label, rating]) => ({ label, rating })) };
        });
        return { kind: 'graded', ...who, answers: rated };
      }
    }
  }

  /**
   * Stores a panel in small steps for transactions of the caller. Until the returned function is called, it belongs to a
   * study without a declaration, which nothing shows and `removeUnfinished` removes. People who withdrew are skipped.
   * @returns what completes the import and gives the panel's id; call it in the transaction that shows the panel
   */
  *importSteps(panel: NewPanel, rows: Iterable<PanelRow>, now: number): Generator<void, () => number> {
    const hidden = this.#db.insert('study', { name: `import:${randomUUID()}`, createdAt: now }).id;
    yield;
    const id = this.add({ ...panel, studyId: hidden }, now);
    const withdrawals = new LabelingWithdrawals(this.#db).lookup(panel.studyId);
    const labelers = new Labelers(this.#db);
    for (const { pseudonym, ...row } of rows) {
      const { source } = panel;
      if (pseudonym !== null && withdrawals.find({ source, pseudonym }) !== undefined) continue;
      const labelerId = pseudonym === null ? null : labelers.ensure({ pseudonym, source, simulated: false }, now);
      this.addAnswers({ id, studyId: hidden, kind: panel.kind }, labelerId, row);
      yield;
    }
    return () => {
      this.#db.run('UPDATE panel SET study_id = ? WHERE id = ?', panel.studyId, id);
      for (const { labelerId } of this.#db.all<{ labelerId: number }>(
        'SELECT labeler_id AS labelerId FROM panel_answer WHERE panel_id = ? AND labeler_id IS NOT NULL',
        id,
      ))
        this.#link(panel.studyId, labelerId);
      this.#db.run('DELETE FROM study WHERE id = ?', hidden);
      return id;
    };
  }

  /** A panel without answers yet. */
  add({ studyId, setHash, kind, source, key, findings }: NewPanel, importedAt: number): number {
    const about = { studyId, setHash, kind, source, key, importedAt };
    return this.#db.insert('panel', { ...about, findings: canonicalJson(findings) }).id;
  }

  /** @param row checked by whoever read it: `checkAnswers` */
  addAnswers(
    { id, studyId, kind }: Pick<NewPanel, 'studyId' | 'kind'> & { id: number },
    labelerId: number | null,
    { amount, answers }: Pick<PanelRow, 'amount' | 'answers'>,
  ): void {
    if ((labelerId === null) !== (kind === 'counts')) throw new Error('only counts have no labelers');
    this.#db.insert('panel_answer', { panelId: id, labelerId, amount, answers });
    if (labelerId !== null) this.#link(studyId, labelerId);
  }

  /** The person belongs to the study, without single labels that count. */
  #link(studyId: number, labelerId: number): void {
    this.#db.run(
      `INSERT INTO study_labeler (study_id, labeler_id, linked_at, replaced_at)
       SELECT $studyId, $labelerId, $besides, $besides
       WHERE NOT EXISTS (SELECT 1 FROM study_labeler WHERE study_id = $studyId AND labeler_id = $labelerId)`,
      { studyId, labelerId, besides },
    );
  }

  /** Hides a panel; `Removals.steps` deletes it, with people who have nothing else. Needs a transaction of the caller. */
  markRemoved(id: number): void {
    this.#db.run('UPDATE panel SET removed = 1, used = 0 WHERE id = ?', id);
    const alone = this.#db.all<{ id: number }>(
      `SELECT labeler_id AS id FROM panel_answer WHERE panel_id = $id AND labeler_id IS NOT NULL
       EXCEPT SELECT labeler_id FROM panel_answer JOIN panel ON panel.id = panel_id WHERE panel_id <> $id AND removed = 0
       EXCEPT SELECT labeler_id FROM labeling_session
       EXCEPT SELECT labeler_id FROM study_labeler WHERE replaced_at IS NULL OR linked_at > 0`,
      { id },
    );
    for (const labeler of alone) markLabeler(this.#db, labeler.id);
  }
}

function toRecord({ people, answers, findings: stored, used, ...row }: Row): PanelRecord {
  const findings = panelFindingsSchema.parse(JSON.parse(stored));
  const isUnknown = row.kind === 'counts' || findings.anonymous === true;
  return { ...row, people: isUnknown ? null : people, answers: answers ?? 0, findings, inUse: used === 1 };
}

/** Those of a data folder. */
export const panelsOf = ({ database }: Pick<Storage, 'database'>): Panels => new Panels(database);

/** Panels as the core reads them. */
export function otherAnswersOf(database: Database): OtherAnswers {
  const panels = new Panels(database);
  const about = (panel: PanelRecord | undefined): OtherAnswersRecord | undefined => {
    if (!panel) return undefined;
    const { id, kind, source, people, answers, findings, importedAt } = panel;
    return { id, kind, source, people, answers, images: findings.images, importedAt };
  };
  return {
    inUse: (studyId) => about(panels.inUse(studyId)),
    get: (id) => about(panels.get(id)),
    kindsOf: (studyId, setHash) => {
      const ofSet = panels.ofStudy(studyId).filter((panel) => panel.setHash === setHash);
      return [...new Set(ofSet.map(({ kind }) => kind))];
    },
    people: (studyId) => panels.people(studyId),
    stored: (id) => panels.stored(id),
    readWithPeople: (id) => panels.readWithPeople(id),
  };
}
