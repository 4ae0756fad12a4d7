import { createHash } from 'node:crypto';
import { assumedCorrelations, expectedDisagreement } from './analysis/planner.ts';
import { pairUnits, type PairUnits, unitCount } from '../../analysis/outcomes/index.ts';
import type { SavedPlan } from './contract/board.ts';
import { type LabelingPlan, labelingPlanSchema, type Trial } from '../sessions/contract/plan.ts';
import type { Planner, PlanPreview } from './contract/plan.ts';
import { clearClass, layOutTrials, smallestDistance, smallestReturn } from './analysis/order.ts';
import { findKeyProblem, proposeKeys } from './analysis/choices.ts';
import { sessionSettings } from './contract/settings.ts';
import { usualValues } from '../../domain/settings/index.ts';
import type { PlanRecord } from '../sessions/storage/plans.ts';
import type { StimulusSetRecord } from '../../storage/index.ts';
import { claimText, drawnText, sampleSizeText } from '../../domain/results/index.ts';
import { secondsPerTrial, studyWithStimuli } from '../../services/labels/index.ts';
import { findStimuli, findStudy, type Workbench } from '../../services/workbench/index.ts';
import type { DeskService } from './service.ts';
import { deskRefusals } from './refusals.ts';
import { deskTables } from './storage/tables.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

/** With the cross that comes before each image in the mode of one at a time. */
const trialSeconds = ({ mode, fixationMs }: LabelingPlan): number =>
  secondsPerTrial + (mode === 'single' ? fixationMs / 1000 : 0);

/** @throws UserError `study.not-found` */
export function currentPlan(
  workbench: Workbench,
  studyName: string,
): { saved: SavedPlan | null; proposal: LabelingPlan | null } {
  const study = findStudy(workbench, studyName);
  const set = findStimuli(workbench, study.id);
  const saved = sessionTables(workbench.storage).plans.newest(study.id);
  return { saved: saved ? toSavedPlan(saved) : null, proposal: set ? proposePlan(set, studyName) : null };
}

function proposePlan({ classes, images }: StimulusSetRecord, studyName: string): LabelingPlan {
  const seed = createHash('sha256').update(studyName).digest().readUInt32LE(0);
  return labelingPlanSchema.parse({
    ...usualValues(sessionSettings, { classes, images: images.length }),
    keys: proposeKeys(classes),
    order: { seed, practice: 'different-anchors' },
  });
}

/** @throws UserError `study.not-found`, `labeling.no-stimuli`, `labeling.names`, `labeling.keys` */
export function previewPlan(workbench: Workbench, studyName: string, plan: LabelingPlan): PlanPreview {
  const { set } = studyWithStimuli(workbench, studyName);
  checkAnswers(plan, set);
  const orders = plannedOrders(set, plan);
  const [firstOrder = []] = orders;
  const count = (kind: string): number => firstOrder.filter((trial) => trial.kind === kind).length;
  const trials = {
    real: count('real'),
    repeat: count('repeat'),
    practice: count('practice'),
    attention: count('attention'),
  };
  const shown = orders.map((order) => order.map(({ image }) => image));
  const apart = shown.map((ids) => smallestDistance(ids, set.images, plan.order.apart));
  const ordersChecked = { checked: orders.length, of: plan.people };
  const again = Math.min(...orders.map((order) => repeatDistance(order, plan.repeatApart)));
  const isTwice = shown.some((ids) => smallestReturn(ids, 2) < 2);
  const dealt = trials.real * plan.people;
  return {
    trials,
    ordersChecked,
    orders: orders.slice(0, minOrders).map((order, index) => ({
      apart: apart[index] ?? null,
      first: order.slice(0, 40).map(({ image }) => image),
    })),
    perImage: { least: Math.floor(dealt / set.images.length), most: Math.ceil(dealt / set.images.length) },
    minutes: (firstOrder.length * trialSeconds(plan)) / 60,
    warnings: planWarnings(plan, set, trials, { apart, again, isTwice }),
  };
}

/** A preview checks at least this many orders, and stops after these milliseconds, because the host has other work. */
const minOrders = 3;
const maxCheckMs = 100;

/** The orders of all planned people, or as many as time allows. */
function plannedOrders(set: StimulusSetRecord, plan: LabelingPlan): Trial[][] {
  const began = performance.now();
  const orders: Trial[][] = [];
  while (orders.length < plan.people && (orders.length < minOrders || performance.now() - began < maxCheckMs)) {
    orders.push(layOutTrials(set.images, plan, orders.length));
  }
  return orders;
}

/** The smallest number of positions between an image and its repeat, at most `upTo`. */
function repeatDistance(order: readonly Trial[], upTo: number): number {
  const real = new Map(order.flatMap(({ image, kind }, position) => (kind === 'real' ? [[image, position]] : [])));
  return order.reduce((least, { image, kind }, position) => {
    return kind === 'repeat' ? Math.min(least, position - (real.get(image) ?? Number.NEGATIVE_INFINITY)) : least;
  }, upTo);
}

interface FoundDistances {
  /** Smallest distance of neighboring alphas in each order; null: no neighbors. */
  apart: readonly (number | null)[];
  again: number;
  isTwice: boolean;
}

function planWarnings(
  plan: LabelingPlan,
  { images }: StimulusSetRecord,
  trials: PlanPreview['trials'],
  { apart, again, isTwice }: FoundDistances,
): string[] {
  const clear = images.filter((image) => clearClass(image) !== null).length;
  const nearest = Math.min(...apart.map((distance) => distance ?? plan.order.apart));
  return [
    nearest < plan.order.apart &&
      `Neighboring alphas of a pair can be only ${nearest === 1 ? '1 position' : `${nearest} positions`} apart, because there are too few pairs.`,
    trials.attention < plan.attention &&
      `There are ${clear} clear images (alpha 0 or 1), so only ${trials.attention} attention trials.`,
    clear < plan.practice && 'There are not enough clear images, so practice also shows other images.',
    trials.repeat > 0 && trials.repeat < 10 && 'With fewer than ten repeats, consistency is only a rough estimate.',
    again < plan.repeatApart &&
      `Repeats can come only ${again} positions after their image, because there are too few images.`,
    isTwice &&
      'In some orders, an image appears twice in a row, because there are too few images for the additional trials.',
    plan.perPerson !== null && plan.perPerson > images.length && `There are only ${images.length} images.`,
  ].filter((warning) => warning !== false);
}

/** @throws UserError `study.not-found`, `labeling.no-stimuli`, `labeling.names`, `labeling.keys` */
export function savePlan(service: DeskService, studyName: string, plan: LabelingPlan): SavedPlan {
  const { workbench } = service;
  const { study, set } = studyWithStimuli(workbench, studyName);
  checkAnswers(plan, set);
  const saved = deskTables(workbench.storage).plans.save(study.id, plan, workbench.now());
  service.notify();
  return toSavedPlan(saved);
}

/** @throws UserError `study.not-found` */
export async function planner(
  workbench: Workbench,
  input: {
    study: string;
    people: number;
    images: number;
    perPerson: number | null;
    secondsPerImage: number;
    assumed: number;
  },
): Promise<Planner> {
  const study = findStudy(workbench, input.study);
  const set = findStimuli(workbench, study.id);
  const table = set && (await workbench.storage.responses.readTable(study.id, set.hash));
  const people = table && !table.containsSimulated ? table.labels : [];
  const counts = set && people.length > 1 ? set.images.map((_, image) => labelCounts(people, image, set)) : [];
  const stimuli = set?.images ?? [];
  const points = expectedDisagreement({
    stimuli,
    counts,
    people: Array.from({ length: input.people - 1 }, (_, index) => index + 2),
    images: input.images,
    perPerson: input.perPerson,
    assumed: input.assumed,
  });
  return {
    points,
    images: input.images,
    labelers: counts.length > 0 ? people.length : 0,
    assumptions: listAssumptions(points, pairUnits(stimuli), input.images === stimuli.length),
    minutes: (Math.min(input.perPerson ?? input.images, input.images) * input.secondsPerImage) / 60,
  };
}

function labelCounts(people: readonly (number | null)[][], image: number, { classes }: StimulusSetRecord): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const labels of people) {
    const label = labels[image] ?? null;
    if (label !== null) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

const basisTexts: Record<Planner['points'][number]['basis'], string> = {
  rarefied:
    'Up to the number of people who have labeled, the share is exact: the mean over all possible groups of that size.',
  extrapolated:
    'Beyond that number, more people are assumed to answer with the same shares as so far. Answers that nobody gave yet are not included, so the estimate tends to be too low.',
  assumed:
    'Fewer than two people have labeled so far. Some images are assumed to be ambiguous between two answers, with every split equally likely. This is a guess for planning.',
};

const noIntervalTexts: Record<NonNullable<Planner['points'][number]['noInterval']>, string> = {
  one_pair: 'There is no interval: it needs two pairs of classes.',
  one_anchor:
    'There is no interval: one anchor is in more than half of the pairs, so the images hold hardly more than one draw of it.',
  no_variation: 'Where all pairs are alike there is no interval. They need not stay alike.',
};

/** @param asItIs whether as many images are planned as the study has */
function listAssumptions(points: Planner['points'], units: PairUnits, asItIs: boolean): string[] {
  const bases = [...new Set(points.map(({ basis }) => basis))];
  const reasons = [...new Set(points.flatMap(({ noInterval }) => noInterval ?? []))];
  const hasInterval = points.some(({ low }) => low !== null);
  return [
    ...bases.map((basis) => basisTexts[basis]),
    ...(hasInterval ? intervalTexts(points, units, asItIs) : []),
    ...reasons.map((reason) =>
      units.units === 'images' && reason === 'one_pair'
        ? 'There is no interval: it needs two images.'
        : noIntervalTexts[reason],
    ),
  ];
}

function intervalTexts(points: Planner['points'], of: PairUnits, asItIs: boolean): string[] {
  const isAssumed = points.some(({ basis }) => basis === 'assumed');
  const size = sampleSizeText({ units: of.units, n: unitCount(of) }, [], 'people');
  const isUnvaried = points.some(({ disagree, low }) => low !== null && (disagree === 0 || disagree === 1));
  const { images, pairs: ofPairs } = assumedCorrelations;
  const whom = isAssumed
    ? `for ${drawnText(of.units)}, with people who answer as assumed, saying nothing about how people differ`
    : claimText({ claim: 'anchors', about: 'people', units: of.units }, 'people');
  return [
    `95 % interval: ${whom}. ${size}.`,
    isAssumed &&
      of.units !== 'images' &&
      `How much pairs differ is also a guess: images of one pair are assumed to correlate by ${images}, as in the paper’s labels, and pairs with a common anchor by ${ofPairs}.`,
    !asItIs &&
      of.units !== 'images' &&
      'For another number of images, pairs are added or left out, with as many images each as now.',
    isUnvaried &&
      `At 0 or 100 % nothing has varied yet. The interval then says how rare the opposite can be among ${of.units === 'images' ? 'images' : 'pairs that share no anchor'}.`,
  ].filter((text) => text !== false);
}

/** A plan names every class of the stimuli, each with its own key. @throws UserError `labeling.names`, `labeling.keys` */
export function checkAnswers(plan: LabelingPlan, { classes }: StimulusSetRecord): void {
  const { names } = plan;
  if (names.length !== classes.length || new Set(names).size !== names.length) {
    throw deskRefusals.names(new Set(names).size, classes.length);
  }
  const problem = findKeyProblem(plan);
  if (problem !== null) throw deskRefusals.keys(problem);
}

export function toSavedPlan({ id, version, texts, savedAt, plan }: PlanRecord): SavedPlan {
  return { id, version, texts, savedAt: new Date(savedAt).toISOString(), plan };
}
