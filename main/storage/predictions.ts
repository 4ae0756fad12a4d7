import { type SnapshotEvaluation, snapshotEvaluationSchema } from '../contract/evaluation.ts';
import type { ArchitectureKind, Target } from '../contract/recipes.ts';
import type { EngineName, RunState } from '../contract/run.ts';
import type { Database } from './database.ts';

/**
 * Predictions of one model for one stimulus set. `softmax`: blob of float32 [count, classes]; `labels`: blob of uint16
 * [count]; images in id order.
 */
export interface PredictionRecord {
  /** Hash of the snapshot's weights, or the id of a model whose predictions were imported. */
  model: string;
  setHash: string;
  softmax: string;
  labels: string;
  count: number;
  classes: number;
  /** The run that predicted; null if imported. */
  runId: number | null;
}

const columns = `model, set_hash AS setHash, softmax, labels, image_count AS count, classes, run_id AS runId`;

export class Predictions {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** Stores a prediction; it replaces one of the same model for the same set. */
  put(prediction: PredictionRecord, now: number): void {
    this.#db.run(
      `INSERT INTO prediction (model, set_hash, softmax, labels, image_count, classes, run_id, at)
       VALUES ($model, $setHash, $softmax, $labels, $count, $classes, $runId, $now)
       ON CONFLICT (model, set_hash) DO UPDATE SET softmax = excluded.softmax, labels = excluded.labels,
         image_count = excluded.image_count, classes = excluded.classes, run_id = excluded.run_id, at = excluded.at
       WHERE softmax <> excluded.softmax OR labels <> excluded.labels OR run_id IS NOT excluded.run_id`,
      { ...prediction, now },
    );
  }

  get(model: string, setHash: string): PredictionRecord | undefined {
    return this.#db.get(`SELECT ${columns} FROM prediction WHERE model = ? AND set_hash = ?`, model, setHash);
  }

  /** By model. */
  forSet(setHash: string): PredictionRecord[] {
    return this.#db.all(`SELECT ${columns} FROM prediction WHERE set_hash = ? ORDER BY model`, setHash);
  }
}

/**
 * A compared model of a study: one snapshot of one run, at one target, with its predictions for the study's stimuli.
 */
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
  target: Target;
  step: number;
  errors: number;
  testCount: number;
  /** Percent of all test images. */
  accuracy: number;
  /** Hash of the snapshot's weights. */
  weights: string;
  /** Null until the model has predicted the study's current stimulus set. */
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

  /** The study's models, by target, then name, repeat and seed, including snapshots of unfinished runs. */
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

/** Evaluations of snapshots on test images, stored because they take seconds to compute. */
export class Evaluations {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * @param weights hash of a snapshot's weights
   * @param dataSet hash of the data set with the test images
   */
  get(weights: string, dataSet: string): SnapshotEvaluation | undefined {
    const row = this.#db.get<{ result: string }>(
      'SELECT result FROM examination WHERE weights = ? AND data_set = ?',
      weights,
      dataSet,
    );
    return row && snapshotEvaluationSchema.safeParse(JSON.parse(row.result)).data;
  }

  put(weights: string, dataSet: string, evaluation: SnapshotEvaluation, now: number): void {
    this.#db.run(
      `INSERT INTO examination (weights, data_set, result, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (weights, data_set) DO UPDATE SET result = excluded.result, at = excluded.at`,
      weights,
      dataSet,
      JSON.stringify(evaluation),
      now,
    );
  }
}
