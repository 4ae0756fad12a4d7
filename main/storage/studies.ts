import { type RunState, runStates } from '../contract/runs/run.ts';
import { type Study, studySchemaWith } from '../contract/studies/study.ts';
import { canonicalJson } from '../domain/plans/identity.ts';
import { type SectionKey, sectionKeys } from '../contract/studies/sections.ts';
import { type Sections, unreadSections } from '../domain/plans/model-entries.ts';
import type { Database } from './database.ts';

/** A study with its current spec. Times in milliseconds since 1970. */
export interface StudyRecord {
  id: number;
  name: string;
  spec: Study;
  createdAt: number;
  /** When the spec last changed. */
  changedAt: number;
  /** When the user deleted it, or null. */
  deletedAt: number | null;
}

interface Row extends Omit<StudyRecord, 'spec'> {
  spec: string;
}

/** A study without a declaration is being imported or removed: nothing shows it. */
const current = `
  SELECT study.id, study.name, study_spec.spec, study.created_at AS createdAt, study_spec.recorded_at AS changedAt,
         study.deleted_at AS deletedAt
  FROM study JOIN study_spec ON study_spec.id = (SELECT max(id) FROM study_spec WHERE study_id = study.id)
  WHERE removed = 0`;

export class Studies {
  readonly #db: Database;
  readonly #schema: ReturnType<typeof studySchemaWith>;
  /** Parts of declarations that contributions read. */
  readonly sections: Sections;

  /** @param sections parts of declarations that contributions read; others are kept as they stand */
  constructor(database: Database, sections: Sections = []) {
    this.#db = database;
    this.#schema = studySchemaWith(sections);
    this.sections = sections;
  }

  /**
   * Stores the study under its name and returns its id. A changed spec becomes the current one; earlier specs are kept.
   */
  put(name: string, spec: Study, now: number): number {
    const json = canonicalJson(spec);
    return this.#db.transaction(() => {
      const known = this.#db.get<{ id: number; spec: string }>(
        `SELECT study.id, spec FROM study JOIN study_spec ON study_id = study.id
         WHERE name = ? ORDER BY study_spec.id DESC LIMIT 1`,
        name,
      );
      if (known?.spec === json) return known.id;
      const id = known?.id ?? this.#db.insert('study', { name, createdAt: now }).id;
      this.#db.insert('study_spec', { studyId: id, spec: json, recordedAt: now });
      return id;
    });
  }

  get(id: number): StudyRecord | undefined {
    const row = this.#db.get<Row>(`${current} AND study.id = ?`, id);
    return row && this.#toRecord(row);
  }

  byName(name: string): StudyRecord | undefined {
    const row = this.#db.get<Row>(`${current} AND study.name = ?`, name);
    return row && this.#toRecord(row);
  }

  /** A study whose name is the same but for capitals: they would share a folder where those do not matter. */
  twinOf(name: string): StudyRecord | undefined {
    const row = this.#db.get<Row>(`${current} AND lower(study.name) = lower($name) AND study.name <> $name`, { name });
    return row && this.#toRecord(row);
  }

  /** In order of creation. */
  list(): StudyRecord[] {
    return this.#db.all<Row>(`${current} ORDER BY study.id`).map((row) => this.#toRecord(row));
  }

  /** Names of studies with sections that nothing here reads, by section. */
  withUnread(): ReadonlyMap<SectionKey, readonly string[]> {
    if (sectionKeys.every((key) => this.sections.some((section) => section.key === key))) return new Map();
    const studies = this.list().filter(({ deletedAt }) => deletedAt === null);
    const found = studies.flatMap(({ name, spec }) =>
      unreadSections(spec, this.sections).map((key) => [key, name] as const),
    );
    return new Map([...Map.groupBy(found, ([key]) => key)].map(([key, all]) => [key, all.map(([, name]) => name)]));
  }

  /** Counts for lists of studies. */
  counts(id: number): StudyCounts {
    return countStudy(this.#db, id);
  }

  /** Keys of the study's current runs, by role. */
  runKeys(id: number): Map<string, string> {
    const rows = this.#db.all<{ role: string; key: string }>(
      'SELECT role, key FROM study_run JOIN run ON run.id = run_id WHERE study_id = ? AND replaced_at IS NULL',
      id,
    );
    return new Map(rows.map(({ role, key }) => [role, key]));
  }

  /** Deletes the study, or restores it with null. Its runs, images and labels stay. */
  setDeleted(id: number, deletedAt: number | null): void {
    this.#db.run('UPDATE study SET deleted_at = ? WHERE id = ?', deletedAt, id);
  }

  /** Every spec that the study has had, oldest first. */
  specs(id: number): { spec: Study; at: number }[] {
    return this.#db
      .all<{ spec: string; at: number }>(
        'SELECT spec, recorded_at AS at FROM study_spec WHERE study_id = ? ORDER BY id',
        id,
      )
      .map(({ spec, at }) => ({ spec: this.#parse(spec), at }));
  }

  /** The last spec that the study had with stimuli of this source. */
  lastWithStimuli(id: number, source: Study['stimuli']['source']): Study | undefined {
    const row = this.#db.get<{ spec: string }>(
      `SELECT spec FROM study_spec WHERE study_id = ? AND spec ->> '$.stimuli.source' = ? ORDER BY id DESC LIMIT 1`,
      id,
      source,
    );
    return row && this.#parse(row.spec);
  }

  /** Makes a frozen stimulus set the study's current one; the previous one stays in the history. */
  useStimuli(id: number, setHash: string, now: number): void {
    this.#db.transaction(() => {
      if (this.stimuli(id) === setHash) return;
      this.dropStimuli(id, now);
      this.#db.insert('study_stimulus_set', { studyId: id, setHash, linkedAt: now });
    });
  }

  /** Removes the study's stimulus set; it stays in the history. */
  dropStimuli(id: number, now: number): void {
    this.#db.run('UPDATE study_stimulus_set SET replaced_at = ? WHERE study_id = ? AND replaced_at IS NULL', now, id);
  }

  /** Hash of the study's stimulus set, or undefined while it has none. */
  stimuli(id: number): string | undefined {
    return this.#db.get<{ hash: string }>(
      'SELECT set_hash AS hash FROM study_stimulus_set WHERE study_id = ? AND replaced_at IS NULL',
      id,
    )?.hash;
  }

  /** Sets that the study used before and does not use now, and when it last did; the last one first. */
  earlierStimuli(id: number): { hash: string; since: number; until: number }[] {
    return this.#db.all(
      `SELECT set_hash AS hash, max(linked_at) AS since, max(replaced_at) AS until FROM study_stimulus_set
       WHERE study_id = ? GROUP BY set_hash HAVING count(*) = count(replaced_at) ORDER BY max(id) DESC`,
      id,
    );
  }

  /** Makes these the study's labelers; links to others end and stay in the history. */
  useLabelers(id: number, labelerIds: readonly number[], now: number): void {
    const ids = JSON.stringify(labelerIds);
    this.#db.transaction(() => {
      this.#db.run(
        `UPDATE study_labeler SET replaced_at = ? WHERE study_id = ? AND replaced_at IS NULL
         AND labeler_id NOT IN (SELECT value FROM json_each(?))`,
        now,
        id,
        ids,
      );
      this.#db.run(
        `INSERT INTO study_labeler (study_id, labeler_id, linked_at) SELECT ?, value, ? FROM json_each(?) WHERE true
         ON CONFLICT DO NOTHING`,
        id,
        now,
        ids,
      );
    });
  }

  #toRecord(row: Row): StudyRecord {
    return { ...row, spec: this.#parse(row.spec) };
  }

  #parse(json: string): Study {
    return this.#schema.parse(JSON.parse(json));
  }
}

/** Counts of a study for lists, beside its declaration. */
export interface StudyCounts {
  runs: Record<RunState, number>;
  /** Compared models whose training is done. */
  modelsDone: number;
  /** Images of its stimulus set, or null. */
  stimuli: number | null;
  /** When the set became the study's. */
  setLinkedAt: number | null;
  labelers: number;
  simulated: boolean;
  /** Time of the last change of a run of the study, milliseconds since 1970; null without runs. */
  lastRun: number | null;
  /** Time of the latest label of its stimuli by a labeler of the study. */
  lastLabel: number | null;
  /** Time of the latest prediction on its stimuli, or when an outside model was added or removed last. */
  lastPrediction: number | null;
}

interface CountsRow {
  lastRun: number | null;
  stimuli: number | null;
  setLinkedAt: number | null;
  labelers: number;
  simulated: number | null;
  modelsDone: number;
  setHash: string | null;
}

/** @param db the open database */
function countStudy(db: Database, studyId: number): StudyCounts {
  const runs = Object.fromEntries(runStates.map((state) => [state, 0])) as Record<RunState, number>;
  const counts = db.all<{ state: RunState; n: number }>(
    `SELECT run.state, count(DISTINCT run.id) AS n FROM study_run JOIN run ON run.id = run_id
     WHERE study_id = ? AND replaced_at IS NULL GROUP BY run.state`,
    studyId,
  );
  for (const { state, n } of counts) runs[state] = n;
  const row = db.get<CountsRow>(
    `SELECT
       (SELECT max(coalesce(run.ended_at, run.heartbeat_at, run.queued_at)) FROM study_run JOIN run ON run.id = run_id
        WHERE study_id = $id AND replaced_at IS NULL) AS lastRun,
       (SELECT count(*) FROM study_run JOIN run ON run.id = run_id WHERE study_id = $id AND replaced_at IS NULL
        AND run.kind = 'classifier' AND run.state = 'done' AND model_name IS NOT NULL) AS modelsDone,
       (SELECT image_count FROM stimulus_set JOIN study_stimulus_set ON set_hash = hash
        WHERE study_id = $id AND replaced_at IS NULL) AS stimuli,
       (SELECT set_hash FROM study_stimulus_set WHERE study_id = $id AND replaced_at IS NULL) AS setHash,
       (SELECT linked_at FROM study_stimulus_set WHERE study_id = $id AND replaced_at IS NULL) AS setLinkedAt,
       (SELECT count(*) FROM study_labeler WHERE study_id = $id AND replaced_at IS NULL) AS labelers,
       (SELECT max(simulated) FROM study_labeler JOIN labeler ON labeler.id = labeler_id
        WHERE study_id = $id AND replaced_at IS NULL) AS simulated`,
    { id: studyId },
  );
  if (!row) throw new Error('a query without a table gave no row');
  const { setHash, simulated, ...figures } = row;
  return { ...figures, runs, simulated: simulated === 1, ...latest(db, studyId, setHash) };
}

function latest(
  db: Database,
  studyId: number,
  setHash: string | null,
): Pick<StudyCounts, 'lastLabel' | 'lastPrediction'> {
  if (setHash === null) return { lastLabel: null, lastPrediction: null };
  const row = db.get<Pick<StudyCounts, 'lastLabel' | 'lastPrediction'>>(
    `SELECT
       (SELECT max((SELECT at FROM response INDEXED BY response_by_labeler
                    WHERE labeler_id = link.labeler_id AND set_hash = $set ORDER BY id DESC LIMIT 1))
        FROM study_labeler AS link WHERE study_id = $id AND replaced_at IS NULL) AS lastLabel,
       (SELECT max(at) FROM (
          SELECT prediction.at FROM study_run JOIN prediction ON prediction.run_id = study_run.run_id
            WHERE study_id = $id AND replaced_at IS NULL AND set_hash = $set
          UNION ALL SELECT max(coalesce(removed_at, 0), linked_at) FROM study_outside_model WHERE study_id = $id
        )) AS lastPrediction`,
    { id: studyId, set: setHash },
  );
  return row ?? { lastLabel: null, lastPrediction: null };
}
