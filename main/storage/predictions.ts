import type { Database } from './database.ts';

/**
 * What one model says about one stimulus set. `softmax`: blob of float32 [count, classes]; `labels`: blob of uint16
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

  /** Keeps a prediction; one of the same model on the same set is replaced. */
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
