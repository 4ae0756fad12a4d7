import { z } from 'zod';
import {
  type Attempt,
  engineDescriptionSchema,
  runEnvironmentSchema,
  type Snapshot,
  type Trend,
} from '../../contract/runs/run.ts';
import {
  noTrendOnValidation,
  otherHalfSeries,
  testSeries,
  trendAccuracy,
  trendWindow,
  validationSeries,
} from '../../domain/numbers/trend.ts';
import type { Database } from '../database.ts';

interface AttemptRow extends Omit<Attempt, 'environment' | 'description'> {
  environment: string;
  description: string | null;
}

export interface Point {
  step: number;
  value: number;
}

/** Attempts, metrics, checkpoints and messages of runs. */
export class RunHistory {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** Provenance of each attempt, first one first. */
  attempts(runId: number): Attempt[] {
    return this.#db
      .all<AttemptRow>(
        `SELECT attempt, engine, environment, checkpoint, resumed_at AS resumedAt, claimed_at AS claimedAt,
           started_at AS startedAt, ended_at AS endedAt, pid, description, outcome, note
         FROM run_attempt WHERE run_id = ? ORDER BY attempt`,
        runId,
      )
      .map(({ environment, description, ...row }) => ({
        ...row,
        environment: runEnvironmentSchema.parse(JSON.parse(environment)),
        description: description === null ? null : engineDescriptionSchema.parse(JSON.parse(description)),
      }));
  }

  /** Names of the metric series that the run has. */
  series(runId: number): string[] {
    return this.#db
      .all<{ series: string }>('SELECT DISTINCT series FROM metric WHERE run_id = ? ORDER BY series', runId)
      .map(({ series }) => series);
  }

  /** One series, by step. */
  metrics(runId: number, series: string): Point[] {
    return this.#db.all<Point>(
      'SELECT step, value FROM metric WHERE run_id = ? AND series = ? ORDER BY step',
      runId,
      series,
    );
  }

  /** By step. An unfinished classifier keeps its last two, a generator all. */
  checkpoints(runId: number): { step: number; hash: string }[] {
    return this.#db.all('SELECT step, hash FROM checkpoint WHERE run_id = ? ORDER BY step', runId);
  }

  /** By target. */
  snapshots(runId: number): Snapshot[] {
    return this.#db.all<Snapshot>(
      `SELECT target, step, errors, test_count AS testCount, accuracy, weights FROM snapshot WHERE run_id = ? ORDER BY target`,
      runId,
    );
  }

  /** The first training with a snapshot of these weights; null: none of this data folder. */
  trainingOf(weights: string): number | null {
    const found = this.#db.get<{ runId: number }>(
      'SELECT min(run_id) AS runId FROM snapshot WHERE weights = ? HAVING runId IS NOT NULL',
      weights,
    );
    return found?.runId ?? null;
  }

  /** The trend's accuracy at a snapshot, from the stored evaluations. A count replaces an estimate of the same step. */
  trend(runId: number, step: number): Trend {
    const { first, last } = trendWindow(step);
    const points = this.#db.all<Point & { estimated: number }>(
      `SELECT step, value, 1 AS estimated FROM metric WHERE run_id = $runId AND series = $estimated
         AND step BETWEEN $first AND $last
       UNION ALL SELECT step, value, 0 FROM metric WHERE run_id = $runId AND series = $counted
         AND step BETWEEN $first AND $last`,
      { runId, first, last, ...testSeries },
    );
    if (points.length === 0 && this.validation(runId, step) !== null) {
      return { ...trendAccuracy([], step), undefined: noTrendOnValidation };
    }
    const evaluations = points.map(({ step: at, value, estimated }) => ({
      step: at,
      accuracy: value,
      estimated: estimated === 1,
    }));
    const byStep = new Map(evaluations.map((evaluation) => [evaluation.step, evaluation]));
    return trendAccuracy([...byStep.values()], step);
  }

  /** Percent of the test images that did not decide, at a snapshot of a run that lands on one half; null for others. */
  otherHalf(runId: number, step: number): number | null {
    return this.#value(runId, otherHalfSeries, step);
  }

  /** Percent of the validation images at a snapshot of a run that stops on them; null for others. */
  validation(runId: number, step: number): number | null {
    return this.#value(runId, validationSeries.counted, step);
  }

  /** When the run stored checkpoints and snapshots that it still has, milliseconds since 1970; in order of time. */
  moments(runId: number): { of: 'checkpoint' | 'snapshot'; step: number; at: number }[] {
    return this.#db.all(
      `SELECT 'checkpoint' AS "of", step, at FROM checkpoint WHERE run_id = $runId
       UNION ALL SELECT 'snapshot', step, at FROM snapshot WHERE run_id = $runId ORDER BY at, step`,
      { runId },
    );
  }

  /** A generator's sample grids (PNG) with its weights, by step, and their times. */
  sampleGrids(runId: number): { step: number; grid: string; weights: string; at: number }[] {
    return this.#db.all('SELECT step, grid, weights, at FROM sample_grid WHERE run_id = ? ORDER BY step', runId);
  }

  /** The run's distinct messages, in order of their first occurrence. */
  log(runId: number): { level: 'info' | 'warn'; message: string; at: number }[] {
    return this.#db.all('SELECT level, message, at FROM run_log WHERE run_id = ? ORDER BY id', runId);
  }

  /** Milliseconds of worker time, over all finished attempts. */
  activeTime(runId: number): number {
    const row = this.#db.get(
      `SELECT coalesce(sum(ended_at - claimed_at), 0) AS ms FROM run_attempt WHERE run_id = ? AND ended_at IS NOT NULL`,
      runId,
    );
    return z.object({ ms: z.number() }).parse(row).ms;
  }

  #value(runId: number, series: string, step: number): number | null {
    const sql = 'SELECT value FROM metric WHERE run_id = ? AND series = ? AND step = ?';
    return this.#db.get<{ value: number }>(sql, runId, series, step)?.value ?? null;
  }
}

/** One series of a run, reduced for a chart. */
export interface Curve {
  series: string;
  /** Number of stored points. */
  count: number;
  /** By step; at most `limit` points. */
  steps: number[];
  values: number[];
}

interface Extent {
  first: number | null;
  last: number | null;
  count: number;
}

/**
 * Metric series for charts. A series with more points than the limit is reduced to the smallest and largest value of
 * each range of steps, at their own steps, so no peak is lost. The first and last point are kept.
 */
export class MetricCurves {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** @param limit maximum number of points, at least 4. A series that the run does not have is empty. */
  curve(runId: number, series: string, limit: number): Curve {
    const { first, last, count } = this.#extent(runId, series);
    if (first === null || last === null) return { series, count: 0, steps: [], values: [] };
    const points = count <= limit ? this.#all(runId, series) : this.#downsample(runId, series, [first, last], limit);
    return { series, count, steps: points.map(({ step }) => step), values: points.map(({ value }) => value) };
  }

  /** The latest point. */
  latest(runId: number, series: string): Point | undefined {
    return this.#db.get<Point>(
      'SELECT step, value FROM metric WHERE run_id = ? AND series = ? ORDER BY step DESC LIMIT 1',
      runId,
      series,
    );
  }

  #extent(runId: number, series: string): Extent {
    return (
      this.#db.get<Extent>(
        'SELECT min(step) AS first, max(step) AS last, count(*) AS count FROM metric WHERE run_id = ? AND series = ?',
        runId,
        series,
      ) ?? { first: null, last: null, count: 0 }
    );
  }

  #all(runId: number, series: string): Point[] {
    return this.#db.all<Point>(
      'SELECT step, value FROM metric WHERE run_id = ? AND series = ? ORDER BY step',
      runId,
      series,
    );
  }

  #downsample(runId: number, series: string, [first, last]: [number, number], limit: number): Point[] {
    const stretches = Math.floor((limit - 2) / 2);
    const of = { runId, series, first, stretches, span: last - first + 1 };
    // SQLite takes the bare column `step` from the row of the extreme: https://sqlite.org/lang_select.html#bareagg
    const extremes = (['min', 'max'] as const).flatMap((extreme) =>
      this.#db.all<Point>(
        `SELECT step, ${extreme}(value) AS value FROM metric WHERE run_id = $runId AND series = $series
         GROUP BY CAST((step - $first) * $stretches / $span AS INTEGER)`,
        of,
      ),
    );
    const ends = this.#db.all<Point>(
      'SELECT step, value FROM metric WHERE run_id = ? AND series = ? AND step IN (?, ?)',
      runId,
      series,
      first,
      last,
    );
    const byStep = new Map([...extremes, ...ends].map((point) => [point.step, point]));
    return [...byStep.values()].sort((a, b) => a.step - b.step);
  }
}
