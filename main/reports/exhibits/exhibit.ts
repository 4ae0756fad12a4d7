/** A value that is not defined, and why. */
export interface Missing {
  readonly because: string;
}
/** Mean and population standard deviation: one unit where it is read, two columns where it is computed with. */
export interface MeanAndStd {
  readonly mean: number;
  readonly std: number;
  /** Of how many values, where that differs from row to row. */
  readonly n?: number;
}
/** A value with its 95 % interval: one unit where it is read, columns of their own where it is computed with. */
export interface WithInterval {
  readonly value: number;
  /** Null: there is no interval. */
  readonly lo: number | null;
  readonly hi: number | null;
  /** Resamples that have no such value and are left out of the interval. */
  readonly leftOut: number;
}
/** Null: nothing belongs here. */
export type ExhibitCell = string | number | null | Missing | MeanAndStd | WithInterval;

export interface ExhibitColumn {
  name: string;
  /** Digits behind the point where it is read; files for computing have them all. Left out: a text or a whole number. */
  decimals?: number;
  /** Its cells are `MeanAndStd` (or missing, or how many something is of). */
  spread?: boolean;
  /** Its cells are `WithInterval` (or missing). */
  interval?: boolean;
  /** Only in files for computing: it would make a page too wide. */
  dataOnly?: boolean;
}

/** What stands in a table, or what a figure is drawn from: the same in every format. */
export interface Exhibit {
  /** Names its files, e.g. `table-2`. */
  id: string;
  /** `Table 2`; empty for those that the paper has not. */
  number: string;
  title: string;
  /** Labels of people (or of simulated labelers) went into it. */
  people: boolean;
  columns: readonly ExhibitColumn[];
  rows: readonly (readonly ExhibitCell[])[];
  /** What must be known to read it, a sentence each. */
  notes: readonly string[];
}

/** Stands in rows that hold what the paper prints. */
export const fromPaper = 'paper';

export const isMissing = (cell: ExhibitCell): cell is Missing =>
  typeof cell === 'object' && cell !== null && 'because' in cell;

export const isSpread = (cell: ExhibitCell): cell is MeanAndStd =>
  typeof cell === 'object' && cell !== null && 'mean' in cell;

export const hasInterval = (cell: ExhibitCell): cell is WithInterval =>
  typeof cell === 'object' && cell !== null && 'lo' in cell;

/** Without what is only for computing. */
export function forReading({ columns, rows, ...rest }: Exhibit): Exhibit {
  const isRead = (_: unknown, at: number): boolean => columns[at]?.dataOnly !== true;
  return { ...rest, columns: columns.filter(isRead), rows: rows.map((cells) => cells.filter(isRead)) };
}

/** A value, or why there is none. */
export const orWhy = (value: number | string | null | undefined, because: string): ExhibitCell => value ?? { because };

/** Mean ± std, or why there is none. `n`: where it differs from row to row. */
export function spreadOrWhy(
  value: { mean: number | null; std: number | null } | undefined,
  because: string,
  n?: number,
): ExhibitCell {
  if (value?.mean == null || value.std === null) return { because };
  return { mean: value.mean, std: value.std, ...(n !== undefined && { n }) };
}
