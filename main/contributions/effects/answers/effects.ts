import { LRUCache } from 'lru-cache';
import {
  canDrawPeople,
  type EffectData,
  effectDesign,
  type EffectNetwork,
  type EffectQuestion,
  studyEffects,
} from '../analysis/study.ts';
import { type EffectOutcome, effectOutcomes, findOutcome, outcomeIn } from '../analysis/outcomes.ts';
import { answersOf, takeRaters } from '../../../analysis/labels/index.ts';
import { hashKey } from '../../../analysis/groups/index.ts';
import type { EffectsInput, EffectsResult } from '../contract/effects.ts';
import type { ClassifierRecipe } from '../../../contract/recipes/index.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { at, compareTargets, kept, targetTitle } from '../../../domain/numbers/index.ts';
import { type Factor, type FactorEntry, factorTitle, findFactors } from '../analysis/factors.ts';
import { type AbsenceReason, whyNotOfKind } from '../../../domain/results/index.ts';
import {
  cellsExhibit,
  effectsExhibit,
  interactionExhibit,
  outcomeTitle,
  rankingExhibit,
  slopeText,
  varianceExhibit,
} from '../exhibits/tables.ts';
import { effectsChart, effectsFigure, meansFigure } from '../exhibits/figures.ts';
import { nobody, noPeople } from '../../../exhibits/parts/index.ts';
import type { SourceModel, TrainedModel } from '../../../services/index.ts';
import {
  answerHeader,
  type AnswerTools,
  type PeopleView,
  type StudyTraining,
} from '../../../services/results/index.ts';
import { snapshotName } from '../../../services/declaration/index.ts';

/** A network with predictions, and where it stands among the models of the analysis. */
interface Member {
  readonly model: TrainedModel;
  readonly place: number;
  readonly entry: FactorEntry;
}

/** What a study's networks differ in, and all that effects are computed from. */
export interface StudyEffectData {
  readonly data: EffectData;
  readonly members: readonly Member[];
  /** Every target of the study, chosen or not. */
  readonly targets: EffectsResult['targets'];
}

/** The last ones, as their outcomes take long to compute. */
const mostKept = 2;

/** Reads trainings and their recipes. */
export type TrainingReads = Pick<AnswerTools, 'trainings' | 'recipe' | 'leftOut'>;

/** Keeps what questions about one study share. */
export class EffectSources {
  readonly #reads: TrainingReads;
  readonly #kept = new LRUCache<string, StudyEffectData>({ max: mostKept });
  readonly #recipes = new LRUCache<number, ClassifierRecipe>({ max: 20_000 });
  /** One object for equal recipes: thousands of networks share a few. */
  readonly #byText = new LRUCache<string, ClassifierRecipe>({ max: 20_000 });
  readonly #numbers = new WeakMap<PeopleView, number>();
  #views = 0;

  constructor(reads: TrainingReads) {
    this.#reads = reads;
  }

  /** @param target networks of this one alone; null: all */
  read(people: PeopleView, target: string | null): StudyEffectData {
    const trainings = this.#reads.trainings(people.source.study.id);
    const view = kept(this.#numbers, people, () => ++this.#views);
    const leftOut = this.#reads.leftOut(people.source.study.name);
    const why = new Map(leftOut.map((left) => [left.name, left.why]));
    return kept(this.#kept, hashKey(view, target, trainings, [...why]), () =>
      this.#find(people, target, trainings, why),
    );
  }

  /** As the run was done, which never changes; null: it was not trained here. */
  #recipe(runId: number): ClassifierRecipe | null {
    const known = this.#recipes.get(runId);
    if (known) return known;
    const read = this.#reads.recipe(runId);
    if (read === null) return null;
    const recipe = kept(this.#byText, JSON.stringify(read), () => read);
    this.#recipes.set(runId, recipe);
    return recipe;
  }

  #find(
    { source, context }: PeopleView,
    target: string | null,
    trainings: readonly StudyTraining[],
    why: ReadonlyMap<string, AbsenceReason>,
  ): StudyEffectData {
    const places = new Map(context.input.models.map((model, place) => [model.name, place]));
    const all = source.models.filter(isTrained).flatMap((model): Member[] => {
      const recipe = this.#recipe(model.record.runId);
      const place = places.get(model.input.name);
      return recipe === null || place === undefined
        ? []
        : [{ model, place, entry: { recipe, target: model.record.target } }];
    });
    // As they were queued, whatever is declared by now.
    const planned = trainings.flatMap(({ runId, model }) => {
      const recipe = model && this.#recipe(runId);
      return (recipe?.targets ?? []).map((own) => ({
        name: snapshotName(model?.modelName ?? '', own),
        entry: { recipe: recipe!, target: own },
      }));
    });
    const answered = new Set(all.map(({ model }) => model.input.name));
    const missing = planned.filter(({ name }) => !answered.has(name));
    const isChosen = ({ entry }: { entry: FactorEntry }): boolean => target === null || String(entry.target) === target;
    const members = withoutTwins(all.filter(isChosen)).sort((a, b) => a.place - b.place);
    const absent = missing.filter(isChosen);
    const { factors, levelsOf } = findFactors([...members, ...absent].map(({ entry }) => entry));
    const rows = members.map(({ place }) => place);
    const isAll = rows.length === context.input.models.length;
    const targets = [...new Set([...all, ...missing].map(({ entry }) => entry.target))];
    return {
      members,
      targets: targets.sort(compareTargets).map((of) => ({ value: String(of), text: targetTitle(of) })),
      data: {
        images: context.input.images,
        pairs: context.pairs,
        humans: context.humans,
        reference: context.reference,
        right: { labels: context.errorReference, isTruth: context.truth !== null },
        labels: isAll ? context.input.modelLabels : takeRaters(context.input.modelLabels, rows),
        readSoftmax: (run) => context.input.readSoftmax(at(rows, run)),
        testAccuracy: (run) => {
          const { errors, testCount } = at(members, run).model.record;
          return 1 - errors / testCount;
        },
        factors,
        networks: members.map(
          ({ model, entry }): EffectNetwork => ({
            name: model.input.name,
            block: model.input.block ?? model.input.name,
            levels: levelsOf(entry),
          }),
        ),
        absent: absent.map(({ name, entry }) => ({
          name,
          levels: levelsOf(entry),
          why: why.get(name) ?? 'unfinished',
        })),
      },
    };
  }
}

const isTrained = (model: SourceModel): model is TrainedModel => model.outside === null;

/** One training that stands in several places of a study, as one seed of a group and by itself, counts once. */
const withoutTwins = (members: readonly Member[]): Member[] => [
  ...new Map(members.map((member) => [`${member.model.record.runId} ${member.model.record.target}`, member])).values(),
];

/** Why an outcome is not defined for a study; null: it is. */
export function whyNoOutcome(
  { data, members }: StudyEffectData,
  labelers: number,
  { needs }: EffectOutcome,
): string | null {
  const { view, kind } = data.humans;
  if (needs.includes('people') && view.determined === 0) return labelers === 0 ? nobody : noPeople({ labelers });
  const noShares = needs.includes('shares') ? whyNotOfKind(kind, 'shares') : null;
  if (noShares !== null) return noShares;
  const notSingle = needs.includes('single') ? whyNotOfKind(kind, 'single') : null;
  if (notSingle !== null) return notSingle;
  if (needs.includes('pairs') && data.pairs.length === 0) return 'No image lies between two classes.';
  if (needs.includes('softmax') && members.some(({ model }) => answersOf(model.input) !== 'softmax'))
    return 'Of some networks only labels are known, not their softmax.';
  return null;
}

/** Why there are no effects at all; null: something differs. */
export function whyNoEffects({ data }: StudyEffectData): string | null {
  if (data.networks.length === 0) return 'No network that was trained here has predicted the stimuli yet.';
  const varied = data.factors.some((_, place) => new Set(data.networks.map(({ levels }) => levels[place])).size > 1);
  return varied
    ? null
    : 'All networks with predictions have one recipe, so there is nothing to compare. Add recipes on Models.';
}

export const unknownEffect = (what: string, where: string): UserError =>
  new UserError('results.unknown-effect', what, where, 'Choose one of those that are listed.');

const networksAt = ({ data }: StudyEffectData, factor: Factor, level: string): number => {
  const place = data.factors.indexOf(factor);
  return data.networks.filter(({ levels }) => levels[place] === level).length;
};

/** Levels of a factor that have networks. */
export const presentLevels = (from: StudyEffectData, factor: Factor): Factor['levels'] =>
  factor.levels.filter(({ value }) => networksAt(from, factor, value) > 0);

/** The chosen question, or the first that can be asked. @throws UserError `results.unknown-effect` */
export function findQuestion(from: StudyEffectData, labelers: number, input: EffectsInput): EffectQuestion {
  const { factors } = from.data;
  const factor =
    input.factor === null
      ? factors.find((of) => presentLevels(from, of).length > 1)
      : factors.find(({ key }) => key === input.factor);
  if (!factor) throw unknownEffect(`The networks do not differ in ${input.factor ?? 'anything'}`, input.study);
  const reference =
    input.reference === null
      ? presentLevels(from, factor)[0]
      : factor.levels.find(({ value }) => value === input.reference);
  if (!reference) throw unknownEffect(`${factor.title} has no level ${input.reference ?? ''}`, input.study);
  const second = input.second === null ? null : factors.find(({ key }) => key === input.second && key !== factor.key);
  if (second === undefined)
    throw unknownEffect(`The networks do not differ in ${input.second ?? ''} besides`, input.study);
  const smallest = smallestCell(from, { factor, reference: reference.value, second });
  const known =
    input.outcome === null
      ? effectOutcomes.find(
          (of) => whyNoOutcome(from, labelers, of) === null && (smallest > 2 || of.making.kind !== 'group'),
        )
      : findOutcome(input.outcome);
  if (!known) throw unknownEffect(`There is no outcome ${input.outcome ?? ''}`, input.study);
  const outcome = outcomeIn(from.data, known);
  const people = input.people === 'random' && canDrawPeople(from.data, outcome) ? 'random' : 'fixed';
  const images = outcome.needs.includes('people') || from.data.humans.view.determined > 0 ? input.images : 'all';
  const chosen = { outcome, factor, reference: reference.value, second, people, images } as const;
  return { ...chosen, m: input.m ?? Math.max(2, smallest) };
}

/** Networks of a group, unless chosen: as many as the smallest cell has, up to ten. */
const mostUsual = 10;

function smallestCell(
  { data }: StudyEffectData,
  chosen: Pick<EffectQuestion, 'factor' | 'reference' | 'second'>,
): number {
  const sizes = effectDesign(data, chosen).cells.flatMap(({ runs }) => (runs.length > 0 ? runs.length : []));
  return sizes.reduce((a, b) => Math.min(a, b), mostUsual);
}

const nothingFound = {
  asked: null,
  differences: null,
  means: null,
  table: null,
  cells: null,
  variance: null,
  ranking: null,
  interaction: null,
  slope: null,
};

/** @throws UserError `results.unknown-effect` */
export function effects(people: PeopleView, from: StudyEffectData, input: EffectsInput): EffectsResult {
  const header = answerHeader(people);
  const choices = {
    ...header,
    targets: from.targets,
    factors: from.data.factors.map((factor, place) => ({
      key: factor.key,
      title: factorTitle(factor),
      numeric: factor.scale !== null,
      levels: factor.levels.map(({ value, text }) => ({
        value,
        text,
        networks: networksAt(from, factor, value),
        absent: from.data.absent.filter(({ levels }) => levels[place] === value).length,
      })),
    })),
    outcomes: effectOutcomes
      .map((known) => outcomeIn(from.data, known))
      .map((outcome) => ({
        key: outcome.key,
        title: outcomeTitle(header, outcome),
        missing: whyNoOutcome(from, header.labelers, outcome),
        drawsPeople: canDrawPeople(from.data, outcome),
      })),
  };
  const why = whyNoEffects(from);
  if (why !== null) return { ...choices, undefined: why, ...nothingFound };
  const question = findQuestion(from, header.labelers, input);
  const missing = whyNoOutcome(from, header.labelers, question.outcome);
  const asked = {
    outcome: question.outcome.key,
    factor: question.factor.key,
    reference: question.reference,
    second: question.second?.key ?? null,
    people: question.people,
    m: question.outcome.making.kind === 'group' && question.outcome.making.m === undefined ? question.m : null,
    unit: question.outcome.unit,
    title: outcomeTitle(header, question.outcome),
    lower: question.outcome.lower,
  };
  if (missing !== null) return { ...choices, undefined: missing, ...nothingFound, asked };
  const found = studyEffects(from.data, question);
  if (found.estimator.images.length === 0)
    return { ...choices, undefined: whyNoImage(question), ...nothingFound, asked };
  const answered = { data: from.data, question, found };
  return {
    ...choices,
    undefined: null,
    asked,
    differences: effectsFigure([effectsChart(header, answered)]),
    table: effectsExhibit(header, answered),
    cells: cellsExhibit(header, answered),
    variance: varianceExhibit(header, answered),
    ranking: rankingExhibit(header, answered),
    interaction: found.interaction && interactionExhibit(header, answered),
    slope: slopeText(header, answered),
    means: meansFigure(header, answered),
  };
}

const whyNoImage = ({ outcome, images }: EffectQuestion): string =>
  images === 'all'
    ? `On no image is this outcome defined for every network (${outcome.title.toLowerCase()}). Choose one target, or another outcome.`
    : `No image is left on which people ${images} and the outcome is defined for every network. Choose all images, or another outcome.`;
