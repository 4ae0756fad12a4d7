import type { Database } from '../database.ts';

/** One series of a run, drawn with few points. */
export interface Curve {
  series: string;
  /** Points that are stored. */
  count: number;
  /** By step; at most as many as asked for. */
  steps: number[];
  values: number[];
}

interface Extent {
  first: number | null;
  last: number | null;
  count: number;
}

interface Drawn {
  step: number;
  value: number;
}

/**
 * Metric series for charts. Where there are more points than a chart has room for, each stretch of steps gives its
 * smallest and its largest value at the steps where they are, so no peak is lost; the first and the last point stay.
 */
export class MetricCurves {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** @param limit points at most, 4 or more. A series that the run does not have is empty. */
  curve(runId: number, series: string, limit: number): Curve {
    const { first, last, count } = this.#extent(runId, series);
    if (first === null || last === null) return { series, count: 0, steps: [], values: [] };
    const points = count <= limit ? this.#all(runId, series) : this.#drawn(runId, series, [first, last], limit);
    return { series, count, steps: points.map(({ step }) => step), values: points.map(({ value }) => value) };
  }

  /** The newest point. */
  latest(runId: number, series: string): Drawn | undefined {
    return this.#db.get<Drawn>(
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

  #all(runId: number, series: string): Drawn[] {
    return this.#db.all<Drawn>(
      'SELECT step, value FROM metric WHERE run_id = ? AND series = ? ORDER BY step',
      runId,
      series,
    );
  }

  #drawn(runId: number, series: string, [first, last]: [number, number], limit: number): Drawn[] {
    const stretches = Math.floor((limit - 2) / 2);
    const of = { runId, series, first, stretches, span: last - first + 1 };
    // SQLite takes the bare column `step` from the row of the extreme: https://sqlite.org/lang_select.html#bareagg
    const extremes = (['min', 'max'] as const).flatMap((extreme) =>
      this.#db.all<Drawn>(
        `SELECT step, ${extreme}(value) AS value FROM metric WHERE run_id = $runId AND series = $series
         GROUP BY CAST((step - $first) * $stretches / $span AS INTEGER)`,
        of,
      ),
    );
    const ends = this.#db.all<Drawn>(
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
