import type { Analysis } from './analyse.ts';

/** An analysis in the layout of metrics.md 11 and no more: without the intervals that are for reading. */
export type SpecAnalysis = Omit<Analysis, 'humans' | 'diverse'> & {
  humans: Omit<Analysis['humans'], 'intervals'>;
  diverse: Record<string, Omit<Analysis['diverse'][string], 'intervals'>>;
};

export function specLayout(analysis: Analysis): SpecAnalysis {
  const groups = Object.entries(analysis.diverse).map(([target, group]) => [target, withoutIntervals(group)] as const);
  return { ...analysis, humans: withoutIntervals(analysis.humans), diverse: Object.fromEntries(groups) };
}

function withoutIntervals<Part extends { intervals: unknown }>({
  intervals: _,
  ...rest
}: Part): Omit<Part, 'intervals'> {
  return rest;
}
