import type { Experiment } from '../../contrasts/analysis/effect-cells.ts';
import { drawsPeople, isGroupOutcome, type Outcome, pairUnits } from '../../../analysis/outcomes/index.ts';

/**
 * About how large effects of these outcomes are to compute.
 * @param effects how many of each outcome, on average
 * @returns steps: some 10 ns each; numbers that are kept until all are done, 8 bytes each
 */
export function effectsSize(
  experiment: Experiment,
  outcomes: readonly Outcome[],
  effects: number,
): { steps: number; numbers: number } {
  const { labels, runs, images, people } = experiment;
  const cells = new Set(runs.map(({ levels }) => JSON.stringify(levels))).size;
  const { pairs, shared } = pairUnits(images);
  let [steps, numbers] = [0, 0];
  for (const outcome of outcomes) {
    const m = isGroupOutcome(outcome) ? Math.min(outcome.m, runs.length) : 1;
    const h = outcome.type !== 'value' && outcome.people === 'random' ? Math.min(outcome.h, people.raters) : 0;
    const labelers = drawsPeople(outcome) ? people.raters : 0;
    const ofImages = images.length * labels.classes;
    steps += ofImages * (runs.length + cells * (1 + labelers)) * m;
    // Agreement without each labeler, anew for each effect of a cell that none before had.
    steps += ofImages * labelers * 2 * h * Math.min(effects, cells);
    steps += effects * (runs.length + labelers) * shared;
    numbers += ofImages + pairs.length * (runs.length + cells * (1 + labelers));
  }
  return { steps, numbers };
}
