import type { Step, StepAction } from '../../contract/api/studies.ts';
import type { Status } from '../../contract/wire/status.ts';
import { howMissed, missedText, wayOfMissing } from '../../domain/networks/missed.ts';
import { formatCount, formatInteger, formatNames, rangeText } from '../../domain/numbers/format.ts';
import { kindNames } from '../../domain/results/response-kinds.ts';
import { sectionKeys } from '../../contract/studies/sections.ts';
import { type ModelEntry, modelEntries } from '../../domain/plans/model-entries.ts';
import { identities } from '../declaration/plan.ts';
import { toCost, together } from '../estimates/study-cost.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { changedSince, type Facts, type ImageTypes, type LabelFacts, type PeopleAlone, type Place } from './facts.ts';
import { costsOf, failureReasons, named, isoTime, openFailed, openRun, resumeOr, workOn } from './work.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

/** The steps about responses to the images: models, labeling, analysis, report. */

const link = ({ record }: Facts, screen: string, label: string): StepAction => ({
  label,
  goal: null,
  cost: null,
  link: `/studies/${encodeURIComponent(record.name)}/${screen}`,
});

const roleOf = ({ name }: { name: string }): string => `models/${name}`;

/**
 * Places of compared models; those that are trained; and those of them without a snapshot.
 * @param of the models; left out: all of the study
 */
export function trainings({ places, models }: Pick<Facts, 'places' | 'models'>, of?: readonly ModelEntry[]) {
  const asked = of
    ? of.flatMap((entry) => identities(entry).flatMap((model) => places.get(roleOf(model)) ?? []))
    : [...places.values()].filter(({ role }) => role.startsWith('models/'));
  const done = asked.filter(({ state, changed }) => state === 'done' && !changed);
  const withSnapshot = new Set(models.flatMap(({ runId, runState }) => (runState === 'done' ? [runId] : [])));
  const missed = done.filter(({ link: run }) => run && !withSnapshot.has(run.runId));
  return { asked, done, missed };
}

export function modelsStep(facts: Facts, stimuli: Status): Step {
  const { study, models } = facts;
  const all = trainings(facts);
  const { asked, done, missed } = all;
  const snapshots = models.filter(({ runState }) => runState === 'done');
  const counted = (count: number): string => `${count.toLocaleString('en')} of ${asked.length.toLocaleString('en')}`;
  const figure =
    missed.length === 0
      ? { value: counted(done.length), of: 'models trained' }
      : { value: counted(done.length - missed.length), of: 'models met a target' };
  const base = {
    step: 'models',
    simulated: false,
    figure,
    detail: [
      describeSnapshots(facts, { snapshots, trained: done.length, stimuli }),
      ...(facts.outside.linked > 0 ? [outsideText(facts)] : []),
    ].join('; '),
  } satisfies Partial<Step>;
  if (modelEntries(study, facts.sections).length === 0 && asked.length === 0) {
    const add = link(facts, 'models', 'Add models');
    const detail = facts.outside.linked > 0 ? outsideText(facts) : 'None planned: people only';
    return { ...base, state: 'done', reasons: [], since: null, figure: null, detail, action: add };
  }
  return { ...base, ...standingOf(facts, all) };
}

/** The state of some of a study's models, by the rules of all; with none of them, nothing was done yet. */
export function stateOfModels(facts: Facts, entries: readonly ModelEntry[]): Status {
  const of = trainings(facts, entries);
  return of.asked.length === 0 ? 'none' : standingOf(facts, of).state;
}

type Standing = Pick<Step, 'state' | 'failed' | 'reasons' | 'behind' | 'since' | 'action' | 'more'>;

/** Where models stand, why, and what comes next. */
function standingOf(facts: Facts, { asked, done, missed }: ReturnType<typeof trainings>): Standing {
  const base = { since: null };
  const missing = asked.length - done.length;
  const cost = together(costsOf(facts).models, facts.forecast.pace);
  const look = link(facts, 'models', 'Show the models');
  const resumed = interruptedTrainings(asked);
  const label =
    resumed === missing && missing > 0 ? resumeTrainings(resumed) : `Train ${formatCount(missing, 'model')}`;
  const train: StepAction = { label, goal: 'models', link: null, cost };
  const failures = trainingFailures(asked);
  const roles = new Set(asked.map(({ role }) => role));
  const work = missing > 0 ? workOn(facts, { test: (role) => roles.has(role) }, ['models', 'report']) : null;
  const action = work ? resumeOr(facts, work, look) : null;
  if (work) return { ...base, ...work, reasons: [...work.reasons, ...failures], action };
  const failed = asked.flatMap(({ link: run, changed }) => (run?.state === 'failed' && !changed ? run.runId : []));
  if (failed.length > 0) {
    const reasons = [
      ...failures,
      `Retry trains ${failed.length === 1 ? 'it' : 'them'} again with the same recipe and seed, which helps if the machine was the cause. Otherwise change the recipe.`,
    ];
    const more = [changeRecipe(facts, failed[0] ?? 0), { ...train, label: 'Retry' }];
    return {
      ...base,
      state: done.length > 0 ? 'partial' : 'failed',
      failed: failed.length,
      reasons,
      action: openFailed(facts, failed),
      more,
    };
  }
  const changed = asked.filter((place) => place.changed).length;
  if (changed > 0) {
    const reasons = [
      facts.otherDataSet === null
        ? `${formatCount(changed, 'model')} changed in recipe or seed after the training.`
        : `The study now names another data set; ${formatCount(changed, 'model')} learned from the old one.`,
      'Results use the old snapshots until you train again.',
    ];
    const since = isoTime(
      changedSince(facts, (spec) => [spec.models, ...sectionKeys.map((key) => spec[key]), spec.dataSet]),
    );
    return { ...base, state: 'stale', reasons, since, action: train };
  }
  const misses = missedReasons(facts, missed);
  if (missing === 0) {
    if (done.length === 0 || missed.length < done.length)
      return { ...base, state: 'done', reasons: misses, action: look };
    const runs = missed.flatMap(({ link: run }) => run?.runId ?? []).slice(0, maxSeeds);
    const again: StepAction = { label: 'Train with other seeds', goal: null, link: null, cost: null };
    const more: StepAction[] = [{ ...again, call: 'other-seeds', runs }];
    return { ...base, state: 'missed', reasons: misses, action: changeRecipe(facts, runs[0] ?? 0), more };
  }
  const reasons = [...openReasons(asked), ...misses];
  return { ...base, state: openState(asked, done.length), reasons, action: train };
}

/** Trainings that have begun, and that no job works on and nobody paused. */
const interruptedTrainings = (asked: readonly Place[]): number =>
  asked.filter(({ link: run, changed }) => !changed && run && !run.held && hasBegun(run)).length;

const isOpen = ({ state }: StudyRun): boolean => state === 'queued' || state === 'interrupted';

/** An earlier attempt at it did not end it. */
const hasBegun = (run: StudyRun): boolean => isOpen(run) && run.attempts > 0;

const resumeTrainings = (count: number): string => `Resume ${formatCount(count, 'interrupted training')}`;

/** Models that one button trains again with other seeds. */
const maxSeeds = 200;

/** Opens the form for new models with a run's recipe in it. */
const changeRecipe = ({ record }: Facts, runId: number): StepAction => ({
  label: 'Change the recipe',
  goal: null,
  cost: null,
  link: `/studies/${encodeURIComponent(record.name)}/models?add=models&like=${runId}`,
});

/** State of trainings that nothing works on, some of which are not done. */
function openState(asked: readonly Place[], done: number): Status {
  if (asked.some(({ link: run }) => run !== null && hasBegun(run))) return 'stopped';
  if (done > 0) return 'partial';
  return asked.some(({ state }) => state === 'cancelled') ? 'stopped' : 'none';
}

interface Trained {
  snapshots: readonly ModelRecord[];
  /** Models whose training has ended. */
  trained: number;
  stimuli: Status;
}

function describeSnapshots({ set }: Facts, { snapshots, trained, stimuli }: Trained): string {
  if (snapshots.length === 0) {
    return trained === 0 ? 'No snapshots yet' : `${formatCount(trained, 'training')} ended without a snapshot`;
  }
  const predicted = snapshots.filter(({ prediction }) => prediction !== null).length;
  const of = stimuli === 'stale' ? 'predictions for stale stimuli' : 'predictions';
  const predictions = set ? `; ${predicted} of them with ${of}` : '';
  return `${formatCount(snapshots.length, 'snapshot')} at their target accuracy${predictions}`;
}

const outsideText = ({ outside: { linked, answered, one }, set }: Facts): string =>
  `${formatCount(linked, one)}${set && answered < linked ? `, ${answered} with answers for these stimuli` : ''}`;

const trainingFailures = (asked: readonly Place[]): string[] =>
  failureReasons(
    asked.flatMap(({ link, role, changed }) => (changed ? [] : [{ link, name: role.slice('models/'.length) }])),
  );

/** What keeps untrained models from being trained. */
function openReasons(asked: readonly Place[]): string[] {
  const count = (is: (run: StudyRun) => boolean): number =>
    asked.filter(({ link: run, changed }) => run && !changed && is(run)).length;
  const cancelled = count(({ state }) => state === 'cancelled');
  const held = count((run) => run.held && isOpen(run));
  const interrupted = count((run) => !run.held && hasBegun(run));
  return [
    ...(interrupted > 0
      ? [`${formatCount(interrupted, 'training')} interrupted. Resume continues from the last checkpoint.`]
      : []),
    ...(held > 0 ? [`${formatCount(held, 'training')} paused individually: resume on the Models screen.`] : []),
    ...(cancelled > 0 ? [`${formatCount(cancelled, 'training')} cancelled: retry on the Models screen.`] : []),
  ];
}

/** What trainings without any snapshot missed, those of one way together, and what to do about it. */
function missedReasons({ workbench }: Facts, missed: readonly Place[]): string[] {
  const results = missed.flatMap(({ link: run, role }) => {
    const result = run ? workbench.storage.runs.get(run.runId)?.result : null;
    return result?.kind === 'classifier' ? [{ name: role.slice('models/'.length), missed: result.missed }] : [];
  });
  const ways = Map.groupBy(results, ({ missed }) => wayOfMissing(missed));
  return [...ways].map(([way, runs]) => {
    const each = runs.map(({ name, missed }) => `${name} (${missedText(missed)})`);
    return `Left out of results: ${formatNames(each, named)} ${howMissed[way]}`;
  });
}

export function labelingStep(facts: Facts, labels: LabelFacts | null, stimuli: Status): Step {
  const { study, set, figures, openSessions, begunSessions } = facts;
  const { linked, active } = facts.people;
  const base = {
    step: 'labeling',
    simulated: figures.simulated,
    figure: null,
    reasons: [],
    since: null,
    action: null,
  } satisfies Partial<Step>;
  const source = study.labelers.source;
  const work = source === 'none' || linked > 0 ? null : workOn(facts, /^$/, ['report']);
  if (!set) {
    if (work) return { ...base, ...work, detail: 'Follows when the stimuli are frozen' };
    return { ...base, state: 'blocked', detail: 'Needs stimuli' };
  }
  if (facts.otherAnswers) {
    const { kind, people, answers } = facts.otherAnswers;
    const of = kind === 'counts' ? 'labels' : 'answers';
    const whose =
      people !== null
        ? ` of ${formatCount(people, 'labeler')}`
        : labels?.anImage
          ? `: ${rangeText(labels.anImage)} people an image`
          : '';
    const reasons =
      stimuli === 'stale' ? ['The answers are about stimuli that are stale: new stimuli need new answers.'] : [];
    const state = reasons.length > 0 ? 'stale' : 'done';
    const figure = { value: formatInteger(answers), of };
    return { ...base, state, reasons, figure, detail: `${kindNames[kind]}${whose}` };
  }
  const run: StepAction = { label: 'Simulate labels', goal: 'report', link: null, cost: null };
  const unfinished = `${formatCount(openSessions, 'session')} not finished yet.`;
  if (linked === 0) {
    if (work) return { ...base, ...work, detail: 'Follows when the stimuli are frozen' };
    if (begunSessions > 0) {
      const detail = `${formatCount(begunSessions, 'session')} in progress`;
      return { ...base, state: 'partial', detail, reasons: [unfinished] };
    }
    if (study.labelers.source !== 'rehearsal') {
      return { ...base, state: 'none', detail: 'No labels yet: create labeling sessions or import labels' };
    }
    return { ...base, state: 'none', detail: `${study.labelers.count} simulated labelers are planned`, action: run };
  }
  const people = figures.simulated ? 'simulated labeler' : 'labeler';
  const figure = { value: String(active), of: active === 1 ? people : `${people}s` };
  const asked = (linked * set.images.length).toLocaleString('en');
  const detail = labels ? `${labels.given.toLocaleString('en')} of ${asked} labels given` : '';
  const reasons = [
    ...(stimuli === 'stale' ? ['The labels are of stimuli that are stale: new stimuli need new labels.'] : []),
    ...staleLabelReasons(facts),
  ];
  if (reasons.length > 0) {
    const since = Math.max(
      figures.setLinkedAt ?? 0,
      changedSince(facts, ({ labelers }) => labelers),
    );
    const action = figures.simulated ? everything : link(facts, 'stimuli', 'Open stimuli');
    return { ...base, state: 'stale', figure, detail, reasons, since: isoTime(since), action };
  }
  if (openSessions === 0 && active > 0) return { ...base, state: 'done', figure, detail };
  return {
    ...base,
    state: active > 0 ? 'partial' : 'none',
    figure,
    detail,
    reasons: openSessions > 0 ? [unfinished] : [],
  };
}

function staleLabelReasons({ study, figures, people: { linked, active }, openSessions }: Facts): string[] {
  const reasons: string[] = [];
  const others = linked - active - openSessions;
  if (others > 0) reasons.push(`${formatCount(others, 'labeler')} labeled other stimuli than these.`);
  if (study.labelers.source === 'rehearsal' && figures.simulated && study.labelers.count !== linked) {
    reasons.push(`The study asks for ${study.labelers.count} simulated labelers; there are ${linked}.`);
  }
  return reasons;
}

export function analysisStep(facts: Facts, labels: LabelFacts | null, upstream: readonly Step[]): Step {
  const { study, models, set, figures, links } = facts;
  const base = {
    step: 'analysis',
    simulated: figures.simulated,
    figure: null,
    reasons: [],
    since: null,
    action: null,
  } satisfies Partial<Step>;
  const ended = models.filter(({ runState }) => runState === 'done');
  const predicted = ended.filter(({ prediction }) => prediction !== null).length;
  const missing = set ? ended.length - predicted : 0;
  const trained = upstream.find(({ step }) => step === 'models')?.state;
  const isTrained = trained === 'done' || trained === 'missed' || trained === 'stale';
  const { isLabeledTwice } = facts;
  const isSimulating = !isLabeledTwice && study.labelers.source === 'rehearsal';
  const isAhead = missing > 0 || !isTrained || !set || isSimulating;
  const work = isAhead ? workOn(facts, /^predictions\//, ['report']) : null;
  const { answered, one } = facts.outside;
  const peopleAlone = predicted + answered === 0 && isLabeledTwice;
  if (!set || (predicted + answered === 0 && !peopleAlone)) {
    if (work) return { ...base, ...work, detail: 'Follows when the models have predicted the stimuli' };
    const hasLabels = facts.otherAnswers !== undefined || facts.people.active > 0;
    const labelsToGet = hasLabels ? 'two labels of an image' : 'labels';
    const needs = modelEntries(study, facts.sections).length === 0 ? labelsToGet : 'models';
    if (!set) {
      const detail = ended.length > 0 ? 'Needs stimuli' : `Needs stimuli and ${needs}`;
      return { ...base, state: 'blocked', detail };
    }
    if (ended.length === 0) {
      const detail = trained === 'missed' ? 'Needs a model that met its target' : `Needs ${needs}`;
      return { ...base, state: 'blocked', detail };
    }
  }
  const cost = toCost(facts.forecast.runs('predictions', missing));
  const predict: StepAction = { label: 'Predict on the stimuli', goal: 'report', link: null, cost };
  const predicting = links.flatMap((link) => (link.role.startsWith('predictions/') ? [{ link, name: link.role }] : []));
  const failures = failureReasons(predicting);
  const failed = predicting.flatMap(({ link }) => (link.state === 'failed' ? link.runId : []));
  const people = peopleAlone ? (labels?.people ?? null) : null;
  const { figure, detail } = people
    ? peopleSummary(people, figures.simulated)
    : ended.length === 0 && answered > 0
      ? outsideSummary(answered, one)
      : typesSummary(labels?.types ?? null, predicted, ended.length);
  if (work) return { ...base, ...work, figure, detail };
  if (failures.length > 0) {
    const reasons = [...failures, 'Open the run to see its log, or retry it.'];
    const action = openRun(facts, 'results', failed[0] ?? 0, 'Open failed run');
    const more = [{ ...predict, label: 'Retry' }];
    const state = predicted > 0 ? 'partial' : 'failed';
    return { ...base, state, failed: failed.length, figure, detail, reasons, action, more };
  }
  const look = peopleAlone || (predicted === 0 && answered > 0) ? link(facts, 'results', 'Show the results') : null;
  const action = missing > 0 ? predict : look;
  const before = upstream.filter(({ step, state }) => state === 'stale' && (step !== 'models' || !peopleAlone));
  const absent =
    missing === 0
      ? []
      : [`${missing} of ${formatCount(ended.length, 'snapshot')} have no predictions for these stimuli.`];
  if (before.length > 0) {
    const since = before.map((step) => step.since ?? '').sort()[0] ?? null;
    return {
      ...base,
      state: 'stale',
      figure,
      detail,
      reasons: [staleBefore(before), ...absent],
      since: since || null,
      action: everything,
    };
  }
  if (set && predicted + answered === 0 && !peopleAlone)
    return { ...base, state: 'none', figure, detail, reasons: absent, action };
  const planned = modelEntries(study, facts.sections).reduce((sum, entry) => sum + identities(entry).length, 0);
  const untrained = isTrained || planned === 0 ? [] : [`Models are missing: ${stepReason(upstream)}.`];
  const unlabeled = isLabeledTwice ? [] : ['No image has two labels yet: only results of networks alone are defined.'];
  const reasons = [...absent, ...untrained, ...unlabeled];
  if (reasons.length === 0) return { ...base, state: 'done', figure, detail, reasons, action };
  const job = absent.length + untrained.length > 0 || isSimulating ? everything : null;
  const label = link(facts, 'labeling', 'Open labeling');
  return { ...base, state: 'partial', figure, detail, reasons, action: action ?? job ?? label };
}

const stepReason = (steps: readonly Step[]): string => {
  const figure = steps.find(({ step }) => step === 'models')?.figure;
  return figure ? `${figure.value} ${figure.of}` : 'none is trained';
};

type Summary = Pick<Step, 'figure' | 'detail'>;

const typesSummary = (types: ImageTypes | null, predicted: number, snapshots: number): Summary =>
  types
    ? {
        figure: { value: `${types.type_a} of ${types.determined}`, of: 'images of type A' },
        detail: `Type A: only networks disagree (B: both disagree or both agree; C: only people). Of ${types.models} models at ${targetTitle(types.target)}`,
      }
    : {
        figure: { value: `${predicted} of ${snapshots}`, of: 'snapshots with predictions' },
        detail: 'Types of images need two labelers and two diverse models',
      };

const outsideSummary = (answered: number, one: string): Summary => ({
  figure: { value: String(answered), of: `${one}${answered === 1 ? '' : 's'} with answers` },
  detail: 'Models that were not trained here are compared as a group of their own',
});

function peopleSummary({ disagree, determined }: PeopleAlone, simulated: boolean): Summary {
  const people = simulated ? 'simulated labelers' : 'people';
  return {
    figure: { value: `${disagree} of ${determined}`, of: `images on which ${people} disagree` },
    detail: `${simulated ? 'Simulated labelers' : 'People'} alone; no network has predicted the stimuli yet`,
  };
}

export function reportStep(facts: Facts, analysis: Step): Step {
  const { reportAt, record, figures } = facts;
  const base = {
    step: 'report',
    simulated: figures.simulated,
    figure: null,
    reasons: [],
    since: null,
    action: null,
  } satisfies Partial<Step>;
  // The goal `report` trains models first. A report about people alone is written from its own screen.
  const write: StepAction = facts.models.some(({ prediction }) => prediction !== null)
    ? { label: 'Write the report', goal: 'report', link: null, cost: costsOf(facts).report }
    : link(facts, 'report', 'Write the report');
  const work = workOn(facts, /^$/, ['report']);
  const wait = work && { ...work, detail: 'Follows when the results are there' };
  if (reportAt === null) {
    if (wait) return { ...base, ...wait };
    if (!['done', 'partial', 'stale'].includes(analysis.state))
      return { ...base, state: 'blocked', detail: 'Needs results' };
    return { ...base, state: 'none', detail: 'Not written yet', action: write };
  }
  const changes = [
    { at: record.changedAt, reason: 'The study was changed after it was written.' },
    { at: figures.setLinkedAt, reason: 'The study has other stimuli now.' },
    { at: figures.lastPrediction, reason: 'New predictions came after it was written.' },
    { at: figures.lastLabel, reason: 'New labels came after it was written.' },
  ].filter(({ at }) => at !== null && at > reportAt);
  const reasons = changes.map(({ reason }) => reason);
  if (analysis.state === 'stale') reasons.push('The results that it shows are stale.');
  const figure = { value: new Date(reportAt).toISOString().slice(0, 10), of: 'last written' };
  const detail = 'One HTML file with every figure and table';
  if (reasons.length === 0) return { ...base, state: 'done', figure, detail };
  if (wait) return { ...base, ...wait, figure };
  const first = Math.min(...changes.map(({ at }) => at ?? reportAt));
  const since = changes.length > 0 ? isoTime(first) : analysis.since;
  const stale = { ...base, figure, detail, since, state: 'stale' } as const;
  const isMade = analysis.state === 'done' || (analysis.state === 'partial' && analysis.action?.goal === null);
  if (isMade) return { ...stale, reasons, action: { ...write, label: 'Write the report again' } };
  reasons.push(
    `“${mainLabel(facts)}” also writes it. Written before that, the report shows what is there now: ${describeInputs(facts)}.`,
  );
  return { ...stale, reasons, action: everything };
}

/** What a report written now shows. */
function describeInputs({ set, models, people, figures }: Facts): string {
  const predicted = models.filter(({ runState, prediction }) => runState === 'done' && prediction !== null).length;
  return [
    formatCount(set?.images.length ?? 0, 'frozen image'),
    formatCount(predicted, 'snapshot'),
    formatCount(people.active, figures.simulated ? 'simulated labeler' : 'labeler'),
  ].join(', ');
}

/** What the main button of the study does, which takes its place. */
export const everything: StepAction = { label: 'Run remaining steps', goal: 'report', link: null, cost: null };

/** What the main button says: it also resumes what was interrupted. */
export function mainLabel(facts: Facts): string {
  const interrupted = interruptedTrainings(trainings(facts).asked);
  if (interrupted > 0) return resumeTrainings(interrupted);
  return facts.links.length > 0 ? everything.label : 'Run the study';
}

const names: Partial<Record<Step['step'], string>> = { stimuli: 'stimuli', models: 'models', labeling: 'labels' };

const staleBefore = (stale: readonly Step[]): string =>
  `These results are made from ${stale.map(({ step }) => names[step] ?? step).join(' and ')} that are stale.`;
