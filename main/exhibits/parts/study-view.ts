import type { ApiInterval } from '../../contract/results/exhibit.ts';
import type { ClaimSide, ShownInterval } from '../../analysis/claims/claims.ts';
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

/** A number of each of several pairs of raters; `a` and `b` are their places. */
export interface RaterPairs {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly length: number;
  value(pair: number): number | null;
}

/** Pairs of people, of networks of a group, and of a person and a network. */
export interface PairsOfRaters {
  readonly people: RaterPairs;
  readonly networks: RaterPairs;
  readonly between: RaterPairs;
}

/** One measure of how far two raters agree: a column of the table of agreement, and a matrix of all raters. */
export interface AgreementMeasure {
  readonly key: string;
  /** Of its column, and of its matrix. */
  readonly name: string;
  readonly title: string;
  /** Ids of figures. */
  readonly figure: string;
  /** Whether values below 0 mean something. */
  readonly isSigned: boolean;
  /** What it is: a sentence for the table. */
  readonly about?: string;
  /** What else must be known of its values: a sentence. */
  readonly note?: (study: StudyNumbers) => string;
  /** @param compared null: people alone */
  readonly pairs: (study: StudyView, compared: ViewedGroup | null) => PairsOfRaters;
  /** Why there is no mean over pairs of people, or of networks of a group, and over pairs of one of each. */
  readonly whyNone: (study: StudyView, compared: ViewedGroup | null) => { within: string; between: string };
  readonly intervals: (
    study: StudyView,
    compared: ViewedGroup | null,
  ) => { within: MeanInterval; between: MeanInterval };
  /** Given, reports draw its matrix. Which tables in files have its numbers, in words. */
  readonly listedIn?: (study: StudyView) => readonly string[];
}

type MeanInterval = ShownInterval | ApiInterval | null | undefined;

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
  /** Measures of agreement that contributions add. */
  readonly measures: readonly AgreementMeasure[];
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
