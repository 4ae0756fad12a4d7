import type { LabelingArchive, SessionArchive } from '../../contract/archive-labeling.ts';
import type { ResponsesArchive, StimulusSetArchive, StudyArchive } from '../../contract/archive.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { DataSets } from '../data-sets.ts';
import type { Database } from '../database.ts';
import { LabelingWithdrawals } from '../labeling/withdrawals.ts';
import { Predictions } from '../predictions.ts';
import { StimulusSets } from '../stimulus-sets.ts';
import { importSessions, importWithdrawals } from './import-labeling.ts';
import type { ImportedSessions } from './import-labeling.ts';
import { importResponses, stillHere } from './import-responses.ts';
import type { StillHere } from './import-responses.ts';
import { knownRun } from './import-run.ts';

/** Everything of a study but its runs, which are there by now. */
export interface ImportedStudy {
  study: StudyArchive;
  sets: readonly StimulusSetArchive[];
  responses: ResponsesArchive;
  labeling: LabelingArchive;
  /** In their order; each is read when its turn comes. */
  sessions: Iterable<SessionArchive>;
}

/**
 * Adds the study with its specs, places, sets, predictions and labels. What is there already is used, not doubled, and
 * not changed.
 * Inside a transaction of the caller.
 * @returns its number, what became of its sessions, and who should go here too.
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
  const run = knownRun(db, key);
  if (!run) throw new Error(`there is no run ${key}`);
  return run.id;
}

/** What a model says about a set that it has been asked about here is known already. */
function addPredictions(db: Database, { predictions }: StudyArchive): void {
  const known = new Predictions(db);
  for (const { run, at, ...prediction } of predictions) {
    if (known.get(prediction.model, prediction.setHash)) continue;
    known.put({ ...prediction, runId: run === null ? null : runId(db, run) }, at);
  }
}
