import { createHash } from 'node:crypto';
import type { SavedPlan } from '../../contract/labeling/board.ts';
import type { LabelingPlan, Planner, PlanPreview } from '../../contract/labeling/plan.ts';
import { clearClass, layOutTrials, smallestDistance, smallestReturn, type Trial } from '../../domain/labeling/order.ts';
import { planPeople } from '../../domain/labeling/planner.ts';
import type { PlanRecord, StimulusSetRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import type { LabelingService } from './service.ts';
import { labelledStudy, stimuliOf } from '../labels/find.ts';
import { refusals } from '../labels/refusals.ts';

/** What a trial takes a person, breaks included: 165 images in less than four minutes and a half. */
const secondsPerTrial = 1.6;

/** @throws UserError `study.not-found` */
export function currentPlan(
  bench: Workbench,
  studyName: string,
): { saved: SavedPlan | null; proposal: LabelingPlan | null } {
  const study = findStudy(bench, studyName);
  const set = stimuliOf(bench, study.id);
  const saved = bench.storage.labeling.plans.newest(study.id);
  return { saved: saved ? toSavedPlan(saved) : null, proposal: set && proposalFor(set, studyName) };
}

function proposalFor({ classes, images }: StimulusSetRecord, studyName: string): LabelingPlan {
  return {
    question: 'Which one is this?',
    names: classes,
    cannotTell: null,
    instructions:
      'You will see images, one after another. Say for each what you see. If you are not sure, choose what it looks ' +
      'like most.',
    consent: null,
    mode: 'grid',
    grid: { columns: 5, rows: 3 },
    size: { unit: 'mm', value: 40 },
    interpolation: 'smooth',
    fixationMs: 500,
    timeLimit: { imageSeconds: null, sessionMinutes: null },
    order: { seed: createHash('sha256').update(studyName).digest().readUInt32LE(0), apart: 3, blocks: 1 },
    perPerson: null,
    repeats: Math.min(20, Math.floor(images.length / 10)),
    repeatApart: 20,
    practice: Math.min(5, images.length),
    attention: 0,
    people: 10,
  };
}

/** @throws UserError `study.not-found`, `labeling.no-stimuli`, `labeling.names` */
export function previewPlan(bench: Workbench, studyName: string, plan: LabelingPlan): PlanPreview {
  const { set } = labelledStudy(bench, studyName);
  checkNames(plan, set);
  const orders = plannedOrders(set, plan);
  const count = (kind: string): number => orders[0]?.filter((trial) => trial.kind === kind).length ?? 0;
  const trials = {
    ...{ real: count('real'), repeat: count('repeat') },
    ...{ practice: count('practice'), attention: count('attention') },
  };
  const total = orders[0]?.length ?? 0;
  const shown = orders.map((order) => order.map(({ image }) => image));
  const apart = shown.map((ids) => smallestDistance(ids, set.images, plan.order.apart));
  const looked = { checked: orders.length, of: plan.people };
  const again = Math.min(...orders.map((order) => repeatDistance(order, plan.repeatApart)));
  const isTwice = shown.some((ids) => smallestReturn(ids, 2) < 2);
  const dealt = trials.real * plan.people;
  return {
    trials,
    looked,
    orders: orders.slice(0, fewest).map((order, index) => ({
      apart: apart[index] ?? null,
      first: order.slice(0, 40).map(({ image }) => image),
    })),
    perImage: { least: Math.floor(dealt / set.images.length), most: Math.ceil(dealt / set.images.length) },
    minutes: (total * secondsPerTrial) / 60,
    warnings: warningsOf(plan, set, trials, { apart, again, isTwice }),
  };
}

/** Orders that a preview looks at in any case, and milliseconds after which it looks at no more: the host has other work. */
const fewest = 3;
const longestLook = 100;

/** The orders of the people planned, or of as many of them as there is time for. */
function plannedOrders(set: StimulusSetRecord, plan: LabelingPlan): Trial[][] {
  const began = performance.now();
  const orders: Trial[][] = [];
  while (orders.length < plan.people && (orders.length < fewest || performance.now() - began < longestLook)) {
    orders.push(layOutTrials(set.images, plan, orders.length));
  }
  return orders;
}

/** Positions from an image to its repeat, at least, or `upTo` if that is less. */
function repeatDistance(order: readonly Trial[], upTo: number): number {
  const real = new Map(order.flatMap(({ image, kind }, position) => (kind === 'real' ? [[image, position]] : [])));
  return order.reduce((least, { image, kind }, position) => {
    return kind === 'repeat' ? Math.min(least, position - (real.get(image) ?? Number.NEGATIVE_INFINITY)) : least;
  }, upTo);
}

/** Distances that the orders have. */
interface FoundDistances {
  /** Of neighbours along alpha, an order each; null: there are none. */
  apart: readonly (number | null)[];
  /** Of an image and its repeat. */
  again: number;
  /** Whether an image comes twice in a row. */
  isTwice: boolean;
}

function warningsOf(
  plan: LabelingPlan,
  { images }: StimulusSetRecord,
  trials: PlanPreview['trials'],
  { apart, again, isTwice }: FoundDistances,
): string[] {
  const clear = images.filter((image) => clearClass(image) !== null).length;
  const nearest = Math.min(...apart.map((distance) => distance ?? plan.order.apart));
  return [
    nearest < plan.order.apart &&
      `Neighbours along alpha can be only ${nearest === 1 ? 'next to one another' : `${nearest} positions apart`}: there are too few pairs.`,
    trials.attention < plan.attention &&
      `There are ${clear} clear images (alpha 0 or 1), so only ${trials.attention} attention trials.`,
    clear < plan.practice && plan.practice > 0 && 'There are not enough clear images, so practice shows others too.',
    trials.repeat > 0 && trials.repeat < 10 && 'With fewer than ten repeats, consistency is known only roughly.',
    trials.repeat > 0 &&
      again < plan.repeatApart &&
      `Repeats can come only ${again} positions after their image: there are too few images.`,
    isTwice && 'An image comes twice in a row in some orders: there are too few images for so many further trials.',
    plan.perPerson !== null && plan.perPerson > images.length && `There are only ${images.length} images.`,
  ].filter((warning) => warning !== false);
}

/** @throws UserError `study.not-found`, `labeling.no-stimuli`, `labeling.names` */
export function savePlan(service: LabelingService, studyName: string, plan: LabelingPlan): SavedPlan {
  const { bench } = service;
  const { study, set } = labelledStudy(bench, studyName);
  checkNames(plan, set);
  const saved = bench.storage.labeling.plans.save(study.id, plan, bench.now());
  service.notify();
  return toSavedPlan(saved);
}

/** @throws UserError `study.not-found` */
export function planner(
  bench: Workbench,
  input: {
    study: string;
    people: number;
    images: number;
    perPerson: number | null;
    secondsPerImage: number;
    assumed: number;
  },
): Planner {
  const study = findStudy(bench, input.study);
  const set = stimuliOf(bench, study.id);
  const table = set && bench.storage.responses.table(study.id, set.hash);
  const people = table && !table.containsSimulated ? table.labels : [];
  const counts = set && people.length > 1 ? set.images.map((_, image) => countsOf(people, image, set)) : [];
  const points = planPeople({
    counts,
    people: Array.from({ length: input.people - 1 }, (_, index) => index + 2),
    ...{ images: input.images, perPerson: input.perPerson, assumed: input.assumed },
  });
  return {
    points,
    images: input.images,
    labelers: counts.length > 0 ? people.length : 0,
    assumptions: assumptionsOf(points),
    minutes: (Math.min(input.perPerson ?? input.images, input.images) * input.secondsPerImage) / 60,
  };
}

function countsOf(people: readonly (number | null)[][], image: number, { classes }: StimulusSetRecord): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const labels of people) {
    const label = labels[image] ?? null;
    if (label !== null) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

const said: Record<Planner['points'][number]['basis'], string> = {
  rarefied:
    'Up to as many people as have labelled, the share is exact: the mean over all ways to choose so many of them.',
  extrapolated:
    'Beyond that, further people are taken to answer with the shares seen so far. Answers that nobody gave yet are not foreseen, so it is rather too low.',
  assumed:
    'Nobody has labelled yet: a part of the images is taken to be ambiguous, with any division between two answers equally likely on them. It is a guess to plan with.',
};

function assumptionsOf(points: Planner['points']): string[] {
  const bases = [...new Set(points.map(({ basis }) => basis))];
  return [
    ...bases.map((basis) => said[basis]),
    'The interval is Wilson’s, 95 %, over the images with two labelers or more, taken as independent. Images of one pair are alike, so the true one is wider.',
  ];
}

/** A plan names every class of the stimuli. @throws UserError `labeling.names` */
export function checkNames({ names }: LabelingPlan, { classes }: StimulusSetRecord): void {
  if (names.length !== classes.length || new Set(names).size !== names.length) {
    throw refusals.names(new Set(names).size, classes.length);
  }
}

export function toSavedPlan({ id, version, texts, savedAt, plan }: PlanRecord): SavedPlan {
  return { id, version, texts, savedAt: new Date(savedAt).toISOString(), plan };
}
