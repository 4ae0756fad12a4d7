import type { BenchOptions } from './options.ts';

export interface BenchContext {
  options: BenchOptions;
  /** A Python that can import torch, or null: then PyTorch is not measured. */
  python: string | null;
  /** Prints a line of progress. */
  log: (line: string) => void;
}

/** The result of a benchmark: a table, and all measured values. */
export interface Section {
  /** Also the name of its place in results/performance.md. */
  name: string;
  /** Markdown. */
  table: string;
  data: unknown;
}
