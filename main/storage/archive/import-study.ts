import type {
  LabelingArchive,
  ResponsesArchive,
  RunArchive,
  SessionArchive,
  StimulusSetArchive,
  StudyArchive,
} from '../../contract/archive.ts';
import type { RunState } from '../../contract/run.ts';
import { canonicalJson } from '../../domain/identity.ts';
import { DataSets } from '../data-sets.ts';
import type { Database } from '../database.ts';
import { LabelingWithdrawals } from '../labeling/withdrawals.ts';
import { Predictions } from '../predictions.ts';
import { StimulusSets } from '../stimulus-sets.ts';
import {
  type ImportedSessions,
  importResponses,
  importSessions,
  importWithdrawals,
  stillHere,
  type StillHere,
} from './import-labeling.ts';

/** A study without its runs, which are stored before it. */
export interface ImportedStudy {
  study: StudyArchive;
  sets: readonly StimulusSetArchive[];
  responses: ResponsesArchive;
  labeling: LabelingArchive;
  /** In order; each is read when it is needed. */
  sessions: Iterable<SessionArchive>;
}

/**
 * Adds the study with its specs, roles, sets, predictions and labels. Existing sets, labelers and predictions are used
 * and not changed. Needs a transaction of the caller.
 * @returns its id, the outcome of its sessions, and people who withdrew elsewhere but are still in this data folder.
 * @throws UserError `stimuli.conflict`, `labeler.conflict`, `labels.conflict`
 */
export function importStudy(
  db: Database,
  { study, sets, responses, labeling, sessions }: ImportedStudy,
): { id: number; sessions: ImportedSessions; stillHere: StillHere[] } {
  const { id } = db.run('INSERT INTO study (name, created_at) VALUES (?, ?)', study.name, study.createdAt);
  for (const { spec, at } of study.specs) {
    db.run('INSERT INTO study_spec (study_id, spec, recorded_at) VALUES (?, ?, ?)', id, canonicalJson(spec), at);
  }
  const dataSets = new DataSets(db);
  for (const dataSet of study.dataSets) dataSets.put(dataSet, study.createdAt);
  addLinks(db, id, study);
  const stimuli = new StimulusSets(db);
  for (const { frozenAt, images, ...set } of sets) {
    const withZ = images.map(({ z, ...image }) => ({ ...image, z: z && Float32Array.from(z) }));
    stimuli.put({ ...set, images: withZ }, frozenAt);
  }
  for (const set of study.sets) {
    db.run(
      `INSERT INTO study_stimulus_set (study_id, set_hash, linked_at, replaced_at)
       VALUES ($id, $hash, $linkedAt, $replacedAt)`,
      { ...set, id },
    );
  }
  addPredictions(db, study);
  for (const { name, value, setAt } of study.settings) {
    db.run(
      'INSERT INTO study_setting (study_id, name, value, set_at) VALUES (?, ?, ?, ?)',
      ...[id, name, canonicalJson(value), setAt],
    );
  }
  importWithdrawals(db, id, labeling);
  const withdrawals = new LabelingWithdrawals(db);
  importResponses(db, id, responses, withdrawals);
  return { id, sessions: importSessions(db, id, labeling, sessions), stillHere: stillHere(db, id, withdrawals) };
}

function addLinks(db: Database, studyId: number, { links }: StudyArchive): void {
  for (const { role, run, model, linkedAt, replacedAt } of links) {
    const { modelName, group, repeat, seed } = model ?? { modelName: null, group: null, repeat: null, seed: null };
    db.run(
      `INSERT INTO study_run (study_id, role, run_id, model_name, grp, repeat_no, seed, linked_at, replaced_at)
       VALUES ($studyId, $role, $runId, $modelName, $group, $repeat, $seed, $linkedAt, $replacedAt)`,
      { studyId, role, runId: runId(db, run), modelName, group, repeat, seed, linkedAt, replacedAt },
    );
  }
}

function runId(db: Database, key: string): number {
  const run = findRun(db, key);
  if (!run) throw new Error(`there is no run ${key}`);
  return run.id;
}

/** Predictions of the same model for the same set are stored already and stay. */
function addPredictions(db: Database, { predictions }: StudyArchive): void {
  const known = new Predictions(db);
  for (const { run, at, ...prediction } of predictions) {
    if (known.get(prediction.model, prediction.setHash)) continue;
    known.put({ ...prediction, runId: run === null ? null : runId(db, run) }, at);
  }
}

/** Points stored in one transaction, so that other work in this process does not wait. */
const pointsAtATime = 2000;

/** The run with this key, in any state, or undefined. */
export function findRun(db: Database, key: string): { id: number; state: RunState } | undefined {
  return db.get('SELECT id, state FROM run WHERE key = ?', key);
}

/** Adds a new run without its metrics, and returns its id. Needs a transaction of the caller. */
export function importRun(db: Database, run: RunArchive): number {
  const { key, task, label, seed, engine, ranOn, priority, queuedAt, held } = run;
  const { id } = db.run(
    `INSERT INTO run (key, kind, label, task, seed, engine, ran_on, priority, state, queued_at, held, note)
     VALUES ($key, $kind, $label, $task, $seed, $engine, $ranOn, $priority, 'queued', $queuedAt, $held, $note)`,
    {
      ...{ key, label, seed, engine, ranOn, priority, queuedAt, kind: task.kind, note: run.note },
      ...{ task: canonicalJson(task), held: held ? 1 : 0 },
    },
  );
  restoreState(db, id, run);
  for (const tag of run.tags) db.run('INSERT INTO run_tag (run_id, tag) VALUES (?, ?)', id, tag);
  addAttempts(db, id, run);
  addResults(db, id, run);
  return id;
}

/** Takes the new run through the allowed states to the state that it had. */
function restoreState(db: Database, id: number, run: RunArchive): void {
  const { startedAt, attemptStartedAt, resumedAt, crashes, progress } = run;
  const attempts = run.attempts.length;
  db.run(
    `UPDATE run SET started_at = $startedAt, attempt_started_at = $attemptStartedAt, resumed_at = $resumedAt,
       attempts = $attempts, crashes = $crashes, progress_done = $done, progress_total = $total, progress_note = $note
     WHERE id = $id`,
    {
      ...{ id, startedAt, attemptStartedAt, resumedAt, attempts, crashes },
      ...{ done: progress?.done ?? null, total: progress?.total ?? null, note: progress?.note ?? null },
    },
  );
  const states = statePaths[run.state];
  for (const state of states.slice(0, -1)) db.run('UPDATE run SET state = ? WHERE id = ?', state, id);
  const last = states.at(-1);
  if (last === undefined) return;
  db.run(
    `UPDATE run SET state = $last, ended_at = $endedAt, result = $result, failure_message = $message,
       failure_detail = $detail WHERE id = $id`,
    {
      ...{ id, last, endedAt: run.endedAt, result: run.result === null ? null : canonicalJson(run.result) },
      ...{ message: run.failure?.message ?? null, detail: run.failure?.detail ?? null },
    },
  );
}

const statePaths: Record<RunState, readonly RunState[]> = {
  queued: [],
  running: ['running', 'interrupted'],
  interrupted: ['running', 'interrupted'],
  done: ['running', 'done'],
  failed: ['running', 'failed'],
  cancelled: ['cancelled'],
};

function addAttempts(db: Database, runId: number, { attempts, endedAt, queuedAt }: RunArchive): void {
  for (const { environment, description, ...attempt } of attempts) {
    // One that was open at the export ended with it, as far as this copy is concerned.
    const open = attempt.endedAt === null;
    db.run(
      `INSERT INTO run_attempt (run_id, attempt, engine, environment, checkpoint, claimed_at, pid, description,
         started_at, resumed_at, ended_at, outcome, note)
       VALUES ($runId, $attempt, $engine, $environment, $checkpoint, $claimedAt, $pid, $description, $startedAt,
         $resumedAt, $endedAt, $outcome, $note)`,
      {
        ...attempt,
        runId,
        environment: canonicalJson(environment),
        description: description === null ? null : canonicalJson(description),
        endedAt: attempt.endedAt ?? endedAt ?? attempt.startedAt ?? queuedAt,
        outcome: open ? 'lost' : attempt.outcome,
      },
    );
  }
}

function addResults(db: Database, runId: number, { checkpoints, snapshots, grids, log }: RunArchive): void {
  for (const each of checkpoints) {
    db.run('INSERT INTO checkpoint (run_id, step, hash, at) VALUES ($runId, $step, $hash, $at)', { ...each, runId });
  }
  for (const each of snapshots) {
    db.run(
      `INSERT INTO snapshot (run_id, target, step, errors, test_count, accuracy, weights, at)
       VALUES ($runId, $target, $step, $errors, $testCount, $accuracy, $weights, $at)`,
      { ...each, runId },
    );
  }
  for (const each of grids) {
    db.run('INSERT INTO sample_grid (run_id, step, grid, weights, at) VALUES ($runId, $step, $grid, $weights, $at)', {
      ...each,
      runId,
    });
  }
  for (const each of log) {
    db.run('INSERT INTO run_log (run_id, level, message, at) VALUES ($runId, $level, $message, $at)', {
      ...each,
      runId,
    });
  }
}

/** Pieces of a run's metrics, each to be stored in a transaction of its own. */
export function* metricPieces(db: Database, runId: number, { metrics }: RunArchive): Generator<() => void> {
  for (const { series, steps, values } of metrics) {
    for (let from = 0; from < steps.length; from += pointsAtATime) {
      yield () => {
        for (let index = from; index < Math.min(steps.length, from + pointsAtATime); index++) {
          const [step, value] = [steps[index] ?? 0, values[index] ?? 0];
          db.run('INSERT INTO metric (run_id, series, step, value) VALUES (?, ?, ?, ?)', runId, series, step, value);
        }
      };
    }
  }
}
