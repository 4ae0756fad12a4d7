import {
  type LabelingArchive,
  type ResponsesArchive,
  type RunArchive,
  runArchiveSchema,
  type SessionArchive,
  type StimulusSetArchive,
  type StudyArchive,
} from '../format.ts';
import type { Attempt } from '../../../contract/runs/index.ts';
import { dataSetSchema, type DataSetSource } from '../../../contract/studies/index.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { type Database, DataSets, isBeingRemoved, StimulusSets, type Studies } from '../../../storage/index.ts';
import { LabelingPlans } from '../../sessions/storage/plans.ts';
import { recordColumns, type RecordRow, RunHistory, toRecord } from '../../../storage/runs/index.ts';

type Link = StudyArchive['links'][number];
type LinkRow = Omit<Link, 'model'> & {
  [Name in keyof NonNullable<Link['model']>]: NonNullable<Link['model']>[Name] | null;
};

/** A study without its runs, sets and responses, which are read one by one. */
export function exportStudy(db: Database, studies: Studies, studyId: number): StudyArchive {
  const study = studies.get(studyId);
  if (!study) throw new Error(`there is no study ${studyId}`);
  const { name, createdAt } = study;
  const specs = studies.specs(studyId);
  const sets = db.all<StudyArchive['sets'][number]>(
    `SELECT set_hash AS hash, linked_at AS linkedAt, replaced_at AS replacedAt FROM study_stimulus_set
     WHERE study_id = ? ORDER BY id`,
    studyId,
  );
  const settings = db
    .all<{ name: string; value: string; setAt: number }>(
      'SELECT name, value, set_at AS setAt FROM study_setting WHERE study_id = ? ORDER BY name',
      studyId,
    )
    .map(({ value, ...setting }) => ({ ...setting, value: JSON.parse(value) }));
  const outside = outsideModels(db, studyId);
  return {
    name,
    createdAt,
    specs,
    sets,
    settings,
    links: links(db, studyId),
    dataSets: dataSets(db, studyId, study.spec.dataSet),
    predictions: predictions(db, studyId),
    ...(outside.length > 0 && { outside }),
  };
}

function links(db: Database, studyId: number): StudyArchive['links'] {
  return db
    .all<LinkRow>(
      `SELECT role, run.key AS run, model_name AS modelName, grp AS "group", repeat_no AS repeat, study_run.seed,
         linked_at AS linkedAt, replaced_at AS replacedAt
       FROM study_run JOIN run ON run.id = run_id WHERE study_id = ? ORDER BY study_run.id`,
      studyId,
    )
    .map(({ modelName, group, repeat, seed, ...link }) => ({
      ...link,
      model:
        modelName !== null && group !== null && repeat !== null && seed !== null
          ? { modelName, group, repeat, seed }
          : null,
    }));
}

/** Data sets of the study's runs, and what was read of its declared source where none has run on it. */
function dataSets(db: Database, studyId: number, declared: DataSetSource): StudyArchive['dataSets'] {
  const known = new DataSets(db);
  const runs = db
    .all<{ hash: string; source: string }>(
      `SELECT run.task ->> '$.dataSetHash' AS hash, run.task -> '$.dataSet' AS source, max(run.id)
       FROM study_run JOIN run ON run.id = run_id
       WHERE study_id = ? AND hash IS NOT NULL GROUP BY hash ORDER BY hash`,
      studyId,
    )
    .map(({ hash, source }) => ({ hash, source: dataSetSchema.parse(JSON.parse(source)) }));
  const taken = runs.flatMap(({ hash, source }) => known.fromSource(hash, source) ?? known.get(hash) ?? []);
  const isTaken = runs.some(({ source }) => canonicalJson(source) === canonicalJson(declared));
  const read = isTaken ? undefined : known.prepared(declared)?.record;
  const all = read && !taken.some(({ hash }) => hash === read.hash) ? [...taken, read] : taken;
  // Versions that know no counts refuse an archive that has them.
  return all.map(({ classCounts: _, ...dataSet }) => dataSet);
}

/** Predictions of the study's models for its stimulus sets. */
function predictions(db: Database, studyId: number): StudyArchive['predictions'] {
  return db.all(
    `SELECT model, set_hash AS setHash, softmax, labels, image_count AS count, classes, run.key AS run, at
     FROM prediction LEFT JOIN run ON run.id = run_id
     WHERE set_hash IN (SELECT set_hash FROM study_stimulus_set WHERE study_id = $id)
       AND (run_id IS NULL OR run_id IN (SELECT run_id FROM study_run WHERE study_id = $id))
     ORDER BY model, set_hash`,
    { id: studyId },
  );
}

type Outside = NonNullable<StudyArchive['outside']>[number];

/** Current and earlier outside models of the study, with what they said of its sets. */
function outsideModels(db: Database, studyId: number): Outside[] {
  type Row = Omit<Outside, 'predictions' | 'spec' | 'found' | 'tested'> & {
    modelId: number;
    spec: string;
    found: string;
    tested: string | null;
  };
  return db
    .all<Row>(
      `SELECT model.id AS modelId, identity, kind, spec, found, added_at AS addedAt, name, tested,
         linked_at AS linkedAt, removed_at AS removedAt
       FROM study_outside_model AS link JOIN outside_model AS model ON model.id = model_id
       WHERE study_id = ? ORDER BY link.id`,
      studyId,
    )
    .map(({ modelId, spec, found, tested, ...model }) => ({
      ...model,
      spec: JSON.parse(spec),
      found: JSON.parse(found),
      tested: tested === null ? null : JSON.parse(tested),
      predictions: db.all<Outside['predictions'][number]>(
        `SELECT set_hash AS setHash, labels, softmax, confidence, image_count AS count, classes, at
         FROM outside_prediction WHERE model_id = ?
           AND set_hash IN (SELECT set_hash FROM study_stimulus_set WHERE study_id = ?) ORDER BY set_hash`,
        modelId,
        studyId,
      ),
    }));
}

/** Keys of all current and earlier runs of the study. */
export function runKeys(db: Database, studyId: number): string[] {
  return db
    .all<{ key: string }>(
      `SELECT key FROM run WHERE id IN (SELECT run_id FROM study_run WHERE study_id = ?) ORDER BY id`,
      studyId,
    )
    .map(({ key }) => key);
}

/** A run with all its results. A running one is exported as interrupted. */
export function exportRun(db: Database, key: string): RunArchive {
  const row = db.get<RecordRow & { remark: string; archived: number; resumedAt: number | null }>(
    `SELECT ${recordColumns}, run.note AS remark, run.archived, run.resumed_at AS resumedAt FROM run WHERE key = ?`,
    key,
  );
  if (!row) throw new Error(`there is no run ${key}`);
  const { progress, ...run } = toRecord(row);
  const { id, remark, archived, resumedAt } = row;
  const history = new RunHistory(db);
  const tags = db.all<{ tag: string }>('SELECT tag FROM run_tag WHERE run_id = ? ORDER BY tag', id);
  return runArchiveSchema.parse({
    ...pick(run),
    state: run.state === 'running' ? 'interrupted' : run.state,
    resumedAt,
    progress: progress && { done: progress.done, total: progress.total, note: progress.note },
    note: remark,
    ...(archived === 1 && { archived: true }),
    tags: tags.map(({ tag }) => tag),
    attempts: history.attempts(id).map(withoutHost),
    metrics: metrics(history, id),
    checkpoints: db.all('SELECT step, hash, at FROM checkpoint WHERE run_id = ? ORDER BY step', id),
    snapshots: db.all(
      `SELECT target, step, errors, test_count AS testCount, accuracy, weights, at FROM snapshot WHERE run_id = ?
       ORDER BY target`,
      id,
    ),
    grids: history.sampleGrids(id),
    log: history.log(id),
  });
}

type Kept = 'key' | 'label' | 'task' | 'seed' | 'engine' | 'ranOn' | 'priority' | 'crashes' | 'queuedAt' | 'startedAt';
type Plain = Pick<RunArchive, Kept | 'attemptStartedAt' | 'endedAt' | 'result' | 'failure' | 'held'>;

function pick(run: Plain): Plain {
  const { key, label, task, seed, engine, ranOn, priority, crashes } = run;
  const { queuedAt, startedAt, attemptStartedAt, endedAt, result, failure, held } = run;
  return {
    key,
    label,
    task,
    seed,
    engine,
    ranOn,
    priority,
    crashes,
    queuedAt,
    startedAt,
    attemptStartedAt,
    endedAt,
    result,
    failure,
    held,
  };
}

/** Archives are shared, so the name of this machine or node is left out, and the numbers of a cluster's jobs. */
function withoutHost({ environment: { machine, cluster, ...environment }, ...attempt }: Attempt): Attempt {
  const named = cluster && { cluster: { name: cluster.name, job: null, task: null } };
  return { ...attempt, environment: { ...environment, machine: { ...machine, host: '' }, ...named } };
}

function metrics(history: RunHistory, runId: number): RunArchive['metrics'] {
  return history.series(runId).map((series) => {
    const points = history.metrics(runId, series);
    return { series, steps: points.map(({ step }) => step), values: points.map(({ value }) => value) };
  });
}

export function exportSet(db: Database, hash: string): StimulusSetArchive {
  const set = new StimulusSets(db).get(hash);
  const row = db.get<{ at: number }>('SELECT frozen_at AS at FROM stimulus_set WHERE hash = ?', hash);
  if (!set || !row) throw new Error(`there is no stimulus set ${hash}`);
  const { channels, original, ...stored } = set;
  return {
    ...stored,
    ...(channels > 1 && { channels }),
    original: original && { width: original.width, height: original.height, pixels: original.pixels },
    provenance: set.provenance as StimulusSetArchive['provenance'],
    frozenAt: row.at,
    // True classes are in the provenance.
    images: set.images.map(({ z, truth: _, ...image }) => ({ ...image, z: z && [...z] })),
  };
}

type Labeler = ResponsesArchive['labelers'][number];

/**
 * Current and earlier labelers of the study, with their responses to its sets. Includes people who were excluded before
 * they finished, because they may be included later.
 */
export function exportResponses(db: Database, studyId: number): ResponsesArchive {
  const labelers = db.all<{ id: number; pseudonym: string; simulated: number; source: string }>(
    `SELECT id, pseudonym, simulated, source FROM labeler
     WHERE id IN (SELECT labeler_id FROM study_labeler WHERE study_id = $studyId
       UNION SELECT labeler_id FROM labeling_session WHERE study_id = $studyId)
       AND id NOT IN (SELECT labeler_id FROM withdrawing) ORDER BY id`,
    { studyId },
  );
  const said = labelers.map(({ id, pseudonym, simulated, source }) => ({
    pseudonym,
    source,
    simulated: simulated === 1,
    links: db.all<Labeler['links'][number]>(
      `SELECT linked_at AS linkedAt, replaced_at AS replacedAt FROM study_labeler
       WHERE study_id = ? AND labeler_id = ? ORDER BY id`,
      studyId,
      id,
    ),
    log: db.all<Labeler['log'][number]>(
      `SELECT set_hash AS setHash, image_id AS imageId, label, at, source FROM response
       WHERE labeler_id = ? AND set_hash IN (SELECT set_hash FROM study_stimulus_set WHERE study_id = ?) ORDER BY id`,
      id,
      studyId,
    ),
  }));
  return { labelers: said.filter(({ links, log }) => links.length > 0 || log.length > 0) };
}

/** The state of a session at one moment. Later changes are not part of it. */
export interface SessionSnapshot {
  readonly id: number;
  readonly row: Omit<SessionArchive, 'trials' | 'sittings' | 'events' | 'paper' | 'clockAfter'>;
  /** Last sitting whose time no longer counts. */
  readonly clockAfter: number;
  /** Highest ids at that moment. */
  readonly until: { readonly sitting: number; readonly event: number };
}

/** What the sessions of a study have in common. */
export function exportLabeling(db: Database, studyId: number): LabelingArchive {
  const plans = new LabelingPlans(db)
    .ofStudy(studyId)
    .map(({ version, plan, texts, savedAt }) => ({ version, plan, texts, savedAt }));
  const withdrawals = db.all<{ trace: string; salt: string | null; hash: string | null; at: number }>(
    `SELECT token_hash AS trace, salt, name_hash AS hash, withdrawn_at AS at FROM labeling_withdrawal
     WHERE study_id = ? ORDER BY id`,
    studyId,
  );
  return {
    plans,
    locks: db.all(
      `SELECT hash, sessions, labels, reason, locked_at AS lockedAt, opened_at AS openedAt FROM labeling_lock
       WHERE study_id = ? ORDER BY id`,
      studyId,
    ),
    withdrawals: withdrawals.map(({ trace, salt, hash, at }) => ({
      trace,
      withdrawnAt: at,
      name: salt === null || hash === null ? null : { salt, hash },
    })),
  };
}

/** All sessions of a study in their current state, by place. */
export function sessionSnapshots(db: Database, studyId: number): SessionSnapshot[] {
  const until = db.get<SessionSnapshot['until']>(
    `SELECT coalesce((SELECT max(id) FROM labeling_sitting), 0) AS sitting,
       coalesce((SELECT max(id) FROM labeling_event), 0) AS event`,
  ) ?? { sitting: 0, event: 0 };
  return db
    .all<SessionSnapshot['row'] & Pick<SessionSnapshot, 'id' | 'clockAfter'>>(
      `SELECT session.id, place, clock_after AS clockAfter, pseudonym, source, plan.version AS plan, set_hash AS setHash,
         medium, state, at_trial AS atTrial, created_at AS createdAt, consented_at AS consentedAt,
         started_at AS startedAt, last_seen_at AS lastSeenAt, finished_at AS finishedAt, images_left AS imagesLeft,
         excluded
       FROM labeling_session AS session JOIN labeler ON labeler.id = labeler_id
         JOIN labeling_plan AS plan ON plan.id = plan_id
       WHERE session.study_id = ? AND NOT ${isBeingRemoved('session')} ORDER BY place`,
      studyId,
    )
    .map(({ id, clockAfter, ...row }) => ({ id, clockAfter, row, until }));
}

type StoredSitting = Omit<SessionArchive['sittings'][number], 'screen' | 'notes' | 'claimedAt'> & {
  id: number;
  claimedAt: number | null;
  screen: string;
};
type StoredNote = SessionArchive['sittings'][number]['notes'][number] & { sitting: number };

/** The session with all its events up to the snapshot; undefined if it was deleted since. */
export function exportSession(db: Database, snapshot: SessionSnapshot): SessionArchive | undefined {
  const { id, row, clockAfter, until } = snapshot;
  const order = db.get<{ trials: string }>(
    `SELECT trials FROM labeling_session AS session WHERE id = ? AND NOT ${isBeingRemoved('session')}`,
    id,
  );
  if (!order) return undefined;
  const sittings = db.all<StoredSitting>(
    `SELECT id, key, medium, opened_at AS openedAt, opened_ms AS openedMs, claimed_at AS claimedAt, screen FROM labeling_sitting
     WHERE session_id = ? AND id <= ? ORDER BY id`,
    ...[id, until.sitting],
  );
  const notes = db.all<StoredNote>(
    `SELECT sitting_id AS sitting, seq, kind, trial, at_ms AS atMs, stored_at AS storedAt FROM labeling_note
     WHERE session_id = ? ORDER BY sitting_id, seq`,
    id,
  );
  const notesBySitting = Map.groupBy(notes, ({ sitting }) => sitting);
  const index = new Map(sittings.map((sitting, place) => [sitting.id, place]));
  const events = db.all<SessionArchive['events'][number]>(
    `SELECT sitting_id AS sitting, seq, trial, kind, choice, shown_ms AS shownMs, at_ms AS atMs, stored_at AS storedAt,
       late FROM labeling_event WHERE session_id = ? AND id <= ? ORDER BY id`,
    ...[id, until.event],
  );
  return {
    ...row,
    trials: JSON.parse(order.trials),
    clockAfter: sittings.filter((sitting) => sitting.id <= clockAfter).length,
    sittings: sittings.map(({ id: sittingId, screen, claimedAt, ...sitting }) => ({
      ...sitting,
      ...(claimedAt !== null && { claimedAt }),
      screen: JSON.parse(screen),
      notes: (notesBySitting.get(sittingId) ?? []).map(({ sitting: _, ...note }) => note),
    })),
    events: events.map((event) => ({ ...event, sitting: index.get(event.sitting) ?? 0 })),
    paper: db.all(
      `SELECT pass, trial, choice, entered_at AS enteredAt FROM labeling_paper WHERE session_id = ?
       ORDER BY pass, trial`,
      id,
    ),
  };
}
