import type { ClaimSide } from '../../analysis/claims/claims.ts';
import type { Context } from '../../analysis/groups/context.ts';
import type { GroupView } from '../../analysis/groups/group-view.ts';
import type { SoftmaxRows } from '../../analysis/labels/softmax.ts';
import type { TestAnswers } from '../../analysis/outcomes/test-answers.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import type { Layout } from './layout.ts';
import type { ComparedGroup, StudyNumbers } from './study-numbers.ts';

/** A group that is compared with people, and what each of its models answered. */
export interface ViewedGroup extends ComparedGroup {
  /** Names it among groups: `98 %`; and beside people: `Networks, 98 %`. */
  readonly name: string;
  readonly raters: string;
  /** Image by image, and model by model in the order of `view().group`. */
  readonly view: () => GroupView;
  /** What its intervals, and differences from other groups, are computed from. */
  readonly claims: () => ClaimSide;
  /** The answers of each model to test images; null: not computed. */
  readonly tests: () => readonly (TestAnswers | null)[];
}

/**
 * A study as every result is made from it, for the page and for a report alike: numbers of people and of groups, and behind
 * functions what takes long to read or to compute, and is read when a result first needs it. The order of all lists by
 * image is that of `context().input.images`.
 */
export interface StudyView extends StudyNumbers {
  readonly classes: readonly string[];
  /** In the order of all lists by image. */
  readonly imageIds: readonly number[];
  /** How many people, for types as these would be; null: not asked for. */
  readonly asked: number | null;
  readonly context: () => Context;
  /** Pairs by alphas, as in the paper's Figure 3, as a report draws its images. Null: on the page. */
  readonly layout: Layout | null;
  readonly groups: readonly ViewedGroup[];
}

/** What takes long to make, such as intervals, once for each view: a report shows a table in several forms. */
export function oncePerView<V extends object, T extends object>(make: (view: V) => T): (view: V) => T {
  const known = new WeakMap<V, T>();
  return (view) => kept(known, view, () => make(view));
}

/** Computes at the first call, and gives the same afterwards. */
export function once<T>(make: () => T): () => T {
  let known: { value: T } | null = null;
  return () => {
    known ??= { value: make() };
    return known.value;
  };
}

/** With more values than this, intervals and curves of single networks are not computed. */
const mostValues = 2e7;

/** Softmax of each model of a group, `[image][k]`; empty where it is not known of all, or more than is held at once. */
export function groupSoftmax({ context }: StudyView, { view }: ViewedGroup): SoftmaxRows[] {
  const { answers, group } = view();
  const { input } = context();
  if (answers !== 'softmax' || group.members.length * input.images.length * input.classes > mostValues) return [];
  return group.members.map((model) => input.readSoftmax(model));
}
