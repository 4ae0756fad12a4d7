import { runStates } from '../contract/run.ts';
import type { RunState } from '../contract/run.ts';
import type { Database } from './database.ts';

/** What lists show of a study beside its declaration, counted by the database. */
export interface StudyFigures {
  runs: Record<RunState, number>;
  /** Compared models whose training is done. */
  modelsDone: number;
  /** Images of its stimulus set, or null. */
  stimuli: number | null;
  /** When the set became the study's. */
  setLinkedAt: number | null;
  labelers: number;
  simulated: boolean;
  /** Milliseconds since 1970, of the last thing that a run of it did; null without runs. */
  lastRun: number | null;
  /** Of the latest label of its stimuli by a labeler of the study. */
  lastLabel: number | null;
  /** Of the latest prediction on its stimuli. */
  lastPrediction: number | null;
}

interface Row {
  lastRun: number | null;
  stimuli: number | null;
  setLinkedAt: number | null;
  labelers: number;
  simulated: number | null;
  modelsDone: number;
  setHash: string | null;
}

/** @param db the open database */
export function studyFigures(db: Database, studyId: number): StudyFigures {
  const runs = Object.fromEntries(runStates.map((state) => [state, 0])) as Record<RunState, number>;
  const counts = db.all<{ state: RunState; n: number }>(
    `SELECT run.state, count(DISTINCT run.id) AS n FROM study_run JOIN run ON run.id = run_id
     WHERE study_id = ? AND replaced_at IS NULL GROUP BY run.state`,
    studyId,
  );
  for (const { state, n } of counts) runs[state] = n;
  const row = db.get<Row>(
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
): Pick<StudyFigures, 'lastLabel' | 'lastPrediction'> {
  if (setHash === null) return { lastLabel: null, lastPrediction: null };
  const row = db.get<Pick<StudyFigures, 'lastLabel' | 'lastPrediction'>>(
    `SELECT
       (SELECT max(at) FROM response WHERE set_hash = $set AND labeler_id IN
         (SELECT labeler_id FROM study_labeler WHERE study_id = $id AND replaced_at IS NULL)) AS lastLabel,
       (SELECT max(prediction.at) FROM study_run JOIN prediction ON prediction.run_id = study_run.run_id
        WHERE study_id = $id AND replaced_at IS NULL AND set_hash = $set) AS lastPrediction`,
    { id: studyId, set: setHash },
  );
  return row ?? { lastLabel: null, lastPrediction: null };
}
