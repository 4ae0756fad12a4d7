import type { BenchOptions } from './options.ts';

/** What every benchmark gets. */
export interface BenchContext {
  options: BenchOptions;
  /** A Python that can import torch, or null: then PyTorch is not measured. */
  python: string | null;
  /** Tells a waiting person what is being done. */
  say: (line: string) => void;
}

/** What a benchmark has found: a table to read, and all that was measured. */
export interface Section {
  /** Also the name of its place in docs/performance.md. */
  name: string;
  /** Markdown. */
  table: string;
  data: unknown;
}
