import type { ArchitectureKind } from '../contract/recipes.ts';
import type { EngineName, RunState } from '../contract/run.ts';
import type { Database } from './database.ts';

/** A compared model of a study: one snapshot of one run, at one target, with what it says about the study's stimuli. */
export interface ModelRecord {
  role: string;
  modelName: string;
  group: 'diverse' | 'seeds';
  repeat: number;
  seed: number;
  architecture: ArchitectureKind;
  runId: number;
  runState: RunState;
  engine: EngineName;
  /** Percent. */
  target: number;
  step: number;
  errors: number;
  testCount: number;
  /** Percent of all test images. */
  accuracy: number;
  /** Hash of the snapshot's weights. */
  weights: string;
  /** Null until it has been made on the study's current stimulus set. */
  prediction: { softmax: string; labels: string; runId: number | null } | null;
}

interface Row extends Omit<ModelRecord, 'prediction'> {
  softmax: string | null;
  labels: string | null;
  predictionRunId: number | null;
}

export class Models {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** The study's models, by target, then name, repeat and seed. Snapshots of runs that are not done yet are among them. */
  ofStudy(studyId: number): ModelRecord[] {
    return this.#db
      .all<Row>(
        `SELECT role, model_name AS modelName, grp AS "group", repeat_no AS repeat, seed, architecture, run_id AS runId,
           state AS runState, engine, target, step, errors, test_count AS testCount, accuracy, weights, softmax, labels,
           prediction_run_id AS predictionRunId
         FROM study_model WHERE study_id = ? ORDER BY target, model_name, repeat_no, seed, role`,
        studyId,
      )
      .map(({ softmax, labels, predictionRunId, ...model }) => ({
        ...model,
        prediction: softmax !== null && labels !== null ? { softmax, labels, runId: predictionRunId } : null,
      }));
  }
}
