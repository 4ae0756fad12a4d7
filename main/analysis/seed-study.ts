import type { SeedCell } from './groups.ts';
import { hcClasses, type HumanView } from './humans.ts';
import { classifyImages, countTypes } from './image-classes.ts';
import { certaintyPct } from './labels.ts';
import { spread, type Spread } from './spread.ts';

/** A spread over repeats, and the value of each repeat, ascending by repeat. */
export interface RepeatSpread extends Spread {
  per_repeat: (number | null)[];
}

/** The paper's Figure 2 at one architecture and target. */
export type Fig2 = Record<
  'type_a_pct' | 'type_c_pct' | 'nn_disagree_pct' | 'both_disagree_pct' | 'exception_pct',
  RepeatSpread
>;

/** One row of the paper's Table 5, percent: model certainty on the images of one class of human certainty. */
export interface Table5Row extends RepeatSpread {
  n_images: number;
}

/** metrics.md 2.7: type A %, type C % and their companions of each seed group; spread over the repeats. */
export function fig2(cell: SeedCell, humans: HumanView): Fig2 {
  const types = cell.repeats.map((group) => countTypes(group, classifyImages(group, humans)));
  const over = (share: keyof Fig2): RepeatSpread => repeatSpread(types.map((ofGroup) => ofGroup?.[share] ?? null));
  return {
    type_a_pct: over('type_a_pct'),
    type_c_pct: over('type_c_pct'),
    nn_disagree_pct: over('nn_disagree_pct'),
    both_disagree_pct: over('both_disagree_pct'),
    exception_pct: over('exception_pct'),
  };
}

/**
 * metrics.md 2.8: model certainty of an image = 100 * max vote / votes in the seed group; its mean over the images of
 * each class of human certainty; spread over the repeats. Keys "100" to "10"; the paper leaves out 100 and 40.
 */
export function table5(cell: SeedCell, humans: HumanView): Record<string, Table5Row> {
  const certainties = cell.repeats.map((group) => certaintyPct(group.votes));
  return Object.fromEntries(
    hcClasses.map((hc) => {
      const images = humans.hcClass.flatMap((value, image) => (value === hc ? [image] : []));
      const means = certainties.map((certainty) => spread(images.map((image) => certainty[image]!)).mean);
      return [String(hc), { ...repeatSpread(means), n_images: images.length }];
    }),
  );
}

function repeatSpread(perRepeat: (number | null)[]): RepeatSpread {
  return { ...spread(perRepeat), per_repeat: perRepeat };
}
