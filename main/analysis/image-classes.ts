import type { ModelGroup } from './groups.ts';
import type { HumanView } from './humans.ts';
import { percent } from './spread.ts';

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
export function canDisagree(group: ModelGroup): boolean {
  return group.members.length >= 2;
}

/** The cell of Table 1 of one image. */
export function classOf(humansAgree: boolean, networksAgree: boolean): ImageClass {
  if (networksAgree) return humansAgree ? 'both_agree' : 'type_c';
  return humansAgree ? 'type_a' : 'both_disagree';
}

/** metrics.md 2.1: A = only networks disagree, C = only people do, B = both or neither (on the same label). */
export function classifyImages(group: ModelGroup, humans: HumanView): ClassifiedImages {
  const { distinct, mode } = group.votes;
  const classes = humans.status.map((status, image): ImageClass | null => {
    if (status === null || !canDisagree(group)) return null;
    return classOf(status === 'agree', distinct[image] === 1);
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
