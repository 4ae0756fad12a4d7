import type { TestAnswers } from '../analysis/outcomes/test-answers.ts';
import {
  type SnapshotEvaluation,
  snapshotEvaluationSchema,
  testAnswersSchema,
} from '../contract/results/evaluation.ts';
import type { ArchitectureKind, Target } from '../contract/recipes/recipes.ts';
import type { EngineName, RunState } from '../contract/runs/run.ts';
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

/** A snapshot of a study at one of its targets, with predictions for the study's stimuli, and its evaluation. */
export interface EvaluationRecord {
  modelName: string;
  runId: number;
  target: Target;
  /** Hash of the snapshot's weights. */
  weights: string;
  /** Hash of the data set that it was trained on. */
  dataSet: string;
  testCount: number;
  /** Time of the stored evaluation; null: there is none. */
  at: number | null;
  /** Whether that has the answers. */
  hasAnswers: boolean;
  /** Milliseconds that an evaluation of a test image took in its training; null: not known. */
  msPerImage: number | null;
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

  /** What a snapshot of a run answered to the test images of the run's data set; null: not computed. */
  answers(runId: number, weights: string): TestAnswers | null {
    const row = this.#db.get<{ dataSet: string; testCount: number; errors: number; answers: string | null }>(
      `SELECT known.data_set AS dataSet, known.result ->> '$.testCount' AS testCount, known.result ->> '$.errors' AS errors,
         known.result -> '$.answers' AS answers
       FROM run JOIN examination AS known ON known.weights = ? AND known.data_set = run.task ->> '$.dataSetHash'
       WHERE run.id = ?`,
      weights,
      runId,
    );
    const answers = row && testAnswersSchema.safeParse(JSON.parse(row.answers ?? 'null')).data;
    if (!answers) return null;
    const { dataSet, testCount, errors } = row;
    const labels = answers.labels === null ? null : toLabels(Buffer.from(answers.labels, 'base64'), testCount);
    return { dataSet, accuracy: 1 - errors / testCount, ...answers, labels };
  }

  /** The study's snapshots that have predicted its stimuli, by target, then name, repeat and seed. */
  ofStudy(studyId: number): EvaluationRecord[] {
    return this.#db
      .all<Omit<EvaluationRecord, 'hasAnswers'> & { hasAnswers: number }>(
        // Found in the text, which is faster than reading it: a quotation mark in a class's name is escaped.
        `SELECT model.model_name AS modelName, model.run_id AS runId, model.target, model.weights,
           run.task ->> '$.dataSetHash' AS dataSet, model.test_count AS testCount, known.at,
           coalesce(instr(known.result, '"answers":{'), 0) > 0 AS hasAnswers,
           1.0 * (run.result ->> '$.lookMs') / nullif(run.result ->> '$.imagesLooked', 0) AS msPerImage
         FROM study_model AS model JOIN run ON run.id = model.run_id
         LEFT JOIN examination AS known
           ON known.weights = model.weights AND known.data_set = run.task ->> '$.dataSetHash'
         WHERE model.study_id = ? AND model.softmax IS NOT NULL
         ORDER BY model.target, model.model_name, model.repeat_no, model.seed, model.role`,
        studyId,
      )
      .map(({ hasAnswers, ...record }) => ({ ...record, hasAnswers: hasAnswers === 1 }));
  }

  /** Stores an evaluation; it replaces one of the same weights and data set. */
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

/** One or two bytes a label; null: they are not those of so many images. */
function toLabels(bytes: Buffer, images: number): ArrayLike<number> | null {
  if (bytes.length === images) return bytes;
  if (bytes.length !== 2 * images) return null;
  return Uint16Array.from({ length: images }, (_, image) => bytes.readUInt16LE(2 * image));
}
