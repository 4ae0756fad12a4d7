import { sourceName, sourcePaths } from '../../domain/data/data-sources.ts';
import type { Overview, Step, StepAction, StudyCard, StudyStatus } from '../../contract/api/studies.ts';
import { problemIn } from '../../contract/wire/errors.ts';
import type { Status } from '../../contract/wire/status.ts';
import { modelCount } from '../../domain/plans/declaration.ts';
import { formatNames } from '../../domain/numbers/format.ts';
import { forEachStep, runInBatches } from '../../storage/batches.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { covers } from '../declaration/plan.ts';
import { studyTime } from '../estimates/study-cost.ts';
import { findStudy } from '../workbench/find.ts';
import {
  changedSince,
  type Facts,
  factSteps,
  isAnswered,
  type LabelFacts,
  readFacts,
  readLabelFacts,
  type StatusTools,
} from './facts.ts';
import { dataSetStep, generatorStep, stimuliStep } from './stimulus-steps.ts';
import {
  analysisStep,
  everything,
  labelingStep,
  mainLabel,
  modelsStep,
  reportStep,
  trainings,
} from './response-steps.ts';
import { answersAmount } from '../../domain/results/response-kinds.ts';
import { modelEntries } from '../../domain/plans/model-entries.ts';
import { costsOf, isoTime, resume } from './work.ts';

/** Every step of a study: its state, what is stale and why, what comes next. @throws UserError `study.not-found` */
export async function studyOverview(tools: StatusTools, name: string): Promise<Overview> {
  const facts = await runInBatches(factSteps(tools, findStudy(tools.workbench, name)));
  const labels = await readLabelFacts(facts);
  const { steps, next } = describeSteps(facts, labels);
  return {
    study: describeCard(facts, studyState(facts, steps)),
    steps,
    next,
    job: (facts.jobs.find(({ state }) => state !== 'waiting') ?? facts.jobs[0])?.id ?? null,
    isAnswered: isAnswered(facts),
  };
}

/** The states without what labels say, which takes long to read: no state depends on it. */
function studyStatus(tools: StatusTools, study: StudyRecord): { state: Status; steps: Step[] } {
  const facts = readFacts(tools, study);
  const { steps } = describeSteps(facts, null);
  return { state: studyState(facts, steps), steps };
}

/** @throws UserError `study.not-found` */
export function shortStatus(tools: StatusTools, name: string): StudyStatus {
  const { state, steps } = studyStatus(tools, findStudy(tools.workbench, name));
  return { state, steps: steps.map(({ figure: _, detail: _1, ...step }) => step) };
}

interface StudiesList {
  studies: StudyCard[];
  deleted: { name: string; title: string; deletedAt: string }[];
}

/** Last changed first; deleted ones apart. */
export async function listStudies(tools: StatusTools): Promise<StudiesList> {
  const all = tools.workbench.storage.studies.list();
  const studies: StudyCard[] = [];
  const describe = (study: StudyRecord): void => {
    const facts = readFacts(tools, study);
    studies.push(describeCard(facts, studyState(facts, describeSteps(facts, null).steps)));
  };
  await runInBatches(
    forEachStep(
      all.filter(({ deletedAt }) => deletedAt === null),
      describe,
    ),
  );
  return {
    studies: studies.sort((a, b) => b.changedAt.localeCompare(a.changedAt)),
    deleted: all.flatMap(({ name, spec, deletedAt }) =>
      deletedAt === null ? [] : [{ name, title: spec.title, deletedAt: isoTime(deletedAt) }],
    ),
  };
}

function describeCard(facts: Facts, state: Status): StudyCard {
  const { record, figures, reportAt, otherAnswers, sections } = facts;
  const { id, name, spec } = record;
  const planned = modelEntries(spec, sections).reduce((sum, entry) => sum + modelCount(entry), 0);
  const { done, missed } = trainings(facts);
  return {
    id,
    name,
    title: spec.title,
    question: spec.question,
    runs: figures.runs,
    stimuli: figures.stimuli,
    state,
    models: { done: done.length - missed.length, planned },
    labelers: {
      count: figures.labelers,
      simulated: figures.simulated,
      ...(otherAnswers && { others: answersAmount(otherAnswers) }),
    },
    changedAt: isoTime(Math.max(record.changedAt, figures.lastRun ?? 0, figures.lastLabel ?? 0)),
    reportAt: reportAt === null ? null : isoTime(reportAt),
  };
}

interface Described {
  steps: Step[];
  /** The main button; null: nothing is left to do, or a job does it. */
  next: StepAction | null;
}

function describeSteps(facts: Facts, labels: LabelFacts | null): Described {
  const generator = generatorStep(facts);
  const stimuli = stimuliStep(facts, generator.state);
  const models = modelsStep(facts, stimuli.state);
  const labeling = labelingStep(facts, labels, stimuli.state);
  const analysis = analysisStep(facts, labels, [stimuli, models, labeling]);
  const all = [dataSetStep(facts), generator, stimuli, models, labeling, analysis, reportStep(facts, analysis)];
  // What a job is going to do anyway cannot be started again.
  const goals = facts.jobs.flatMap(({ goal }) => goal ?? []);
  const isOpen = ({ goal: own }: StepAction): boolean => own === null || !goals.some((goal) => covers(goal, own));
  const steps = withFailure(facts, all).map((step) => ({
    ...step,
    action: step.action && isOpen(step.action) ? step.action : null,
    ...(step.more && { more: step.more.filter(isOpen) }),
  }));
  const next = nextAction(facts, steps);
  return { next, steps: steps.map((step) => (step.action === everything ? { ...step, action: next } : step)) };
}

/** Shows what ended the last job in the step where it happened: such an error belongs to no run. */
function withFailure(facts: Facts, steps: Step[]): Step[] {
  const { lastFailure, jobs, record } = facts;
  const failed = lastFailure?.failedStep ?? null;
  if (lastFailure === null || failed === null || jobs.length > 0) return steps;
  // What was declared anew since has not been tried.
  const declared = changedSince(facts, ({ title: _, question: _1, ...spec }) => spec);
  if (declared > Date.parse(lastFailure.endedAt ?? '')) return steps;
  const { what, where, remedy } = problemIn(lastFailure.messages.at(-1) ?? 'unknown reason');
  const message = `${what}${where === null ? '' : ` (${where})`}.${remedy === null ? '' : ` ${remedy}.`}`;
  const again: StepAction = { label: 'Try again', goal: lastFailure.goal ?? 'report', link: null, cost: null };
  const change: StepAction = { label: 'Change the paths', goal: null, link: null, cost: null, call: 'data-set' };
  const ownImages = record.spec.stimuli.source !== 'imported';
  return steps.map((each): Step => {
    const { step, state, reasons } = each;
    const isFailed = { ...each, state: 'failed', since: null, reasons: [message, ...reasons].slice(0, 20) } as const;
    if (failed !== 'data-set') {
      if (step !== failed || state === 'done') return each;
      return failed === 'stimuli' && ownImages ? { ...isFailed, ...reviewed(facts) } : isFailed;
    }
    // Without images nothing else can work.
    if (step !== 'data-set') return state === 'done' || state === 'stale' ? idle(each) : withoutDataSet(each);
    const { dataSet } = record.spec;
    const name = sourceName(dataSet);
    if (sourcePaths(dataSet).length === 0) return { ...isFailed, detail: `${name} could not be read`, action: again };
    return { ...isFailed, detail: `The data set “${name}” could not be read`, action: change, more: [again] };
  });
}

/** What a job does to have stimuli. */
const makes = { generated: 'generates', blended: 'makes', 'test-images': 'takes', imported: 'imports' } as const;

/** What keeps stimuli from being frozen is decided on their screen: the same job again would fail again. */
function reviewed({ record }: Facts): Pick<Step, 'action' | 'more'> {
  const part = (label: string, name: string): StepAction => ({
    label,
    goal: null,
    cost: null,
    link: `/studies/${encodeURIComponent(record.name)}/stimuli?part=${name}`,
  });
  if (record.spec.stimuli.source === 'test-images') return { action: part('Review the images', 'images'), more: [] };
  return { action: part('Review anchors', 'anchors'), more: [part('Open Freeze', 'freeze')] };
}

const withoutDataSet = (step: Step): Step => ({
  ...idle(step),
  state: 'blocked',
  reasons: [],
  since: null,
  detail: 'Needs the data set',
});

/** Without what starts work. */
const idle = (step: Step): Step => ({
  ...step,
  action: step.action?.goal == null ? step.action : null,
  ...(step.more && { more: step.more.filter(({ goal }) => goal === null) }),
});

const now: readonly Status[] = ['running', 'paused', 'queued'];
const problems: readonly Status[] = ['failed', 'stale', 'missed'];
const unfinished: readonly Status[] = ['none', 'partial', 'stopped', 'blocked'];

/** The state of a study from those of its steps: what happens now, else the worst of them. */
function studyState({ links, set, reportAt }: Facts, steps: readonly Step[]): Status {
  // What remains to be done also writes the report again, so that an old one says nothing more.
  const isUnfinished = steps.some(({ step, state }) => step !== 'report' && unfinished.includes(state));
  const counted = isUnfinished ? steps.filter(({ step, state }) => step !== 'report' || state !== 'stale') : steps;
  const states = new Set(counted.map(({ state }) => state));
  const first = [...now, ...problems].find((state) => states.has(state));
  if (first) return first;
  if (steps.every(({ state }) => state === 'done')) return 'done';
  if (states.has('stopped')) return 'stopped';
  return links.length === 0 && !set && reportAt === null ? 'none' : 'partial';
}

/** Null while a job works on the study, or if there is nothing that a button can do. */
function nextAction(facts: Facts, steps: readonly Step[]): StepAction | null {
  if (facts.pause?.byUser && steps.some(({ state }) => state === 'paused')) return resume;
  // More work does not fix what failed or missed its target, nor what only a person can decide.
  const problem = steps.find(
    ({ state, failed, action }) =>
      state === 'failed' || state === 'missed' || ((state === 'stale' || failed) && action?.goal === null),
  );
  if (problem?.action && problem.action !== everything) return problem.action;
  if (facts.jobs.length > 0 || !steps.some(({ state, action }) => state !== 'done' && action?.goal)) return null;
  const isLeft = (step: Step['step']): boolean => steps.some((each) => each.step === step && each.state !== 'done');
  const parts = costsOf(facts);
  const left = {
    ...parts,
    generator: isLeft('generator') ? parts.generator : null,
    stimuli: isLeft('stimuli') ? parts.stimuli : null,
  };
  const cost = studyTime(left, facts.forecast.pace);
  const label = mainLabel(facts);
  return { ...everything, label, cost, does: `“${label}”: ${remainingWork(facts, steps)}` };
}

/** What a job up to the report does, in words. */
function remainingWork({ study, set, models, figures, sections }: Facts, steps: readonly Step[]): string {
  const state = new Map(steps.map((step) => [step.step, step.state]));
  const isLeft = (step: Step['step']): boolean => state.get(step) !== 'done';
  const predicted = models.every(({ prediction }) => prediction !== null);
  const parts: [string, boolean][] = [
    ['trains the generator', isLeft('generator')],
    [`${makes[study.stimuli.source]} the stimuli`, isLeft('stimuli')],
    ['trains the models', isLeft('models')],
    [
      'makes predictions',
      modelEntries(study, sections).length > 0 && (!set || isLeft('stimuli') || isLeft('models') || !predicted),
    ],
    ['has simulated labelers label', study.labelers.source === 'rehearsal' && isLeft('labeling')],
    ['writes the report', true],
  ];
  const isForPeople = isLeft('stimuli') && figures.labelers > 0 && !figures.simulated;
  const people = isForPeople ? ' People label the new stimuli in sessions of their own.' : '';
  return `${formatNames(
    parts.flatMap(([name, isLeftOver]) => (isLeftOver ? [name] : [])),
    parts.length,
  )}.${people}`;
}
