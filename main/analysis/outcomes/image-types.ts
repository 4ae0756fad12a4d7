import type { ModelGroup, SeedCell } from './groups.ts';
import { hcClasses, type HumanView } from '../raters/humans.ts';
import { certaintyPct } from '../labels/labels.ts';
import { byName, percent, spread, type Spread } from '../statistics/spread.ts';

/** The four cells of "do people disagree?" by "do networks disagree?" (the paper's Table 1; metrics.md 2.1). */
export const imageClasses = ['type_a', 'both_disagree', 'both_agree', 'type_c'] as const;
export type ImageClass = (typeof imageClasses)[number];

/** Each image's class in one group of models, and whether it is an exception. */
export interface ClassifiedImages {
  /** Null: undetermined, or the group has fewer than two models. */
  readonly classes: readonly (ImageClass | null)[];
  /** All people agree, all networks agree, on different labels: in class `both_agree`, but misclassified. */
  readonly exception: readonly boolean[];
}

/** Sizes of the classes. All shares have the determined images N_D as denominator. */
export interface Types {
  /** N_D, the images that are classified. */
  n_images: number;
  counts: Record<ImageClass, number>;
  n_exception: number;
  nn_disagree_pct: number | null;
  human_disagree_pct: number | null;
  type_a_pct: number | null;
  /** both_disagree + both_agree - exceptions. */
  type_b_pct: number | null;
  both_disagree_pct: number | null;
  /** both_agree - exceptions. */
  agree_same_pct: number | null;
  exception_pct: number | null;
  type_c_pct: number | null;
  /** type A + exceptions. */
  misclassified_across_pct: number | null;
}

/** Whether a group is large enough to disagree with itself. */
export const canDisagree = (group: Pick<ModelGroup, 'members'>): boolean => group.members.length >= 2;

export function classifyImage(humansAgree: boolean, networksAgree: boolean): ImageClass {
  if (networksAgree) return humansAgree ? 'both_agree' : 'type_c';
  return humansAgree ? 'type_a' : 'both_disagree';
}

/** metrics.md 2.1: A = only networks disagree, C = only people do, B = both or neither (on the same label). */
export function classifyImages(group: ModelGroup, humans: HumanView): ClassifiedImages {
  const { distinct, mode } = group.votes;
  const classes = humans.status.map((status, image): ImageClass | null => {
    if (status === null || !canDisagree(group)) return null;
    return classifyImage(status === 'agree', distinct[image] === 1);
  });
  const exception = classes.map((name, image) => name === 'both_agree' && mode[image] !== humans.unanimous[image]);
  return { classes, exception };
}

/** metrics.md 2.1 and 2.4 (Table 3). Null for a group of fewer than two models, where no class is defined. */
export function countTypes(group: ModelGroup, { classes, exception }: ClassifiedImages): Types | null {
  if (!canDisagree(group)) return null;
  const counts: Record<ImageClass, number> = { type_a: 0, both_disagree: 0, both_agree: 0, type_c: 0 };
  for (const name of classes) if (name !== null) counts[name]++;
  const exceptions = exception.filter(Boolean).length;
  const determined = counts.type_a + counts.both_disagree + counts.both_agree + counts.type_c;
  const share = (images: number): number | null => percent(images, determined);
  return {
    n_images: determined,
    counts,
    n_exception: exceptions,
    nn_disagree_pct: share(counts.type_a + counts.both_disagree),
    human_disagree_pct: share(counts.both_disagree + counts.type_c),
    type_a_pct: share(counts.type_a),
    type_b_pct: share(counts.both_disagree + counts.both_agree - exceptions),
    both_disagree_pct: share(counts.both_disagree),
    agree_same_pct: share(counts.both_agree - exceptions),
    exception_pct: share(exceptions),
    type_c_pct: share(counts.type_c),
    misclassified_across_pct: share(counts.type_a + exceptions),
  };
}

type Fig4Category = 'blue' | 'white' | 'gray' | 'red' | 'undetermined';

/** The paper's Figure 4, a heatmap of images. Lists follow `meta.images`. */
export interface Fig4 {
  category: Fig4Category[];
  /** Blue: different labels of networks; red: of people; null otherwise. */
  shade: (number | null)[];
  exception: boolean[];
}

const colors: Record<ImageClass, Fig4Category> = {
  type_a: 'blue',
  both_disagree: 'white',
  both_agree: 'gray',
  type_c: 'red',
};

/** metrics.md 2.9. Images without a class (undetermined, or fewer than two models) are "undetermined". */
export function fig4(group: ModelGroup, humans: HumanView, { classes, exception }: ClassifiedImages): Fig4 {
  return {
    category: classes.map((name) => (name === null ? 'undetermined' : colors[name])),
    shade: classes.map((name, image) => {
      if (name === 'type_a') return group.votes.distinct[image]!;
      return name === 'type_c' ? humans.distinct[image]! : null;
    }),
    exception: [...exception],
  };
}

/** A spread over repeats, and the value of each repeat, ascending by repeat. */
interface RepeatSpread extends Spread {
  per_repeat: (number | null)[];
}

const fig2Shares = ['type_a_pct', 'type_c_pct', 'nn_disagree_pct', 'both_disagree_pct', 'exception_pct'] as const;

/** The paper's Figure 2 at one architecture and target. */
export type Fig2 = Record<(typeof fig2Shares)[number], RepeatSpread>;

/** One row of the paper's Table 5, percent: model certainty on the images of one class of human certainty. */
export interface Table5Row extends RepeatSpread {
  n_images: number;
}

/** metrics.md 2.7: type A %, type C % and their companions of each seed group; spread over the repeats. */
export function fig2(cell: SeedCell, humans: HumanView): Fig2 {
  const types = cell.repeats.map((group) => countTypes(group, classifyImages(group, humans)));
  return byName(fig2Shares, (share) => repeatSpread(types.map((ofGroup) => ofGroup?.[share] ?? null)));
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

const repeatSpread = (perRepeat: (number | null)[]): RepeatSpread => ({ ...spread(perRepeat), per_repeat: perRepeat });
