import type { Overview, Step, StepAction, StudyCard, StudyStatus } from '../../contract/api/studies.ts';
import type { Status } from '../../contract/status.ts';
import { modelCount } from '../../domain/declaration.ts';
import { forEachStep, runInBatches, type StudyRecord } from '../../storage/index.ts';
import { together } from '../estimates/forecast.ts';
import { findStudy } from '../tools/find.ts';
import { type Facts, type LabelFacts, readFacts, readLabelFacts, type StatusTools } from './facts.ts';
import { dataSetStep, generatorStep, stimuliStep } from './stimulus-steps.ts';
import { analysisStep, labelingStep, missingModels, modelsStep, reportStep } from './response-steps.ts';
import { isoTime, oneLine } from './work.ts';

/** Every step of a study: its state, what is stale and why, what comes next. @throws UserError `study.not-found` */
export async function studyOverview(tools: StatusTools, name: string): Promise<Overview> {
  const facts = readFacts(tools, findStudy(tools.workbench, name));
  const labels = await readLabelFacts(facts);
  const all = describeSteps(facts, labels);
  const idle = facts.jobs.length === 0;
  const steps = all.map((step) => (idle ? step : withoutStart(step)));
  return {
    study: describeCard(facts, studyState(facts, all)),
    steps,
    rest: remainingAction(facts, steps),
    job: (facts.jobs.find(({ state }) => state !== 'waiting') ?? facts.jobs[0])?.id ?? null,
    types: labels?.types ?? null,
  };
}

/** The states without what labels say, which takes long to read: no state depends on it. */
export function studyStatus(tools: StatusTools, study: StudyRecord): { state: Status; steps: Step[] } {
  const facts = readFacts(tools, study);
  const steps = describeSteps(facts, null);
  return { state: studyState(facts, steps), steps };
}

/** @throws UserError `study.not-found` */
export function shortStatus(tools: StatusTools, name: string): StudyStatus {
  const { state, steps } = studyStatus(tools, findStudy(tools.workbench, name));
  return { state, steps: steps.map(({ step, state: its, reasons }) => ({ step, state: its, reasons })) };
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
    studies.push(describeCard(facts, studyState(facts, describeSteps(facts, null))));
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

function describeCard({ record, figures, reportAt }: Facts, state: Status): StudyCard {
  const { id, name, spec } = record;
  const planned = spec.models.reduce((sum, entry) => sum + modelCount(entry), 0);
  return {
    ...{ id, name, title: spec.title, question: spec.question, runs: figures.runs, stimuli: figures.stimuli, state },
    models: { done: Math.min(figures.modelsDone, planned), planned },
    labelers: { count: figures.labelers, simulated: figures.simulated },
    changedAt: isoTime(Math.max(record.changedAt, figures.lastRun ?? 0, figures.lastLabel ?? 0)),
    reportAt: reportAt === null ? null : isoTime(reportAt),
  };
}

function describeSteps(facts: Facts, labels: LabelFacts | null): Step[] {
  const generator = generatorStep(facts);
  const stimuli = stimuliStep(facts, generator.state);
  const models = modelsStep(facts);
  const labeling = labelingStep(facts, labels);
  const analysis = analysisStep(facts, labels, [stimuli, models, labeling]);
  const steps = [dataSetStep(facts), generator, stimuli, models, labeling, analysis, reportStep(facts, analysis)];
  return withFailure(facts, steps);
}

/** Shows what ended the last job in the step where it happened: such an error belongs to no run. */
function withFailure({ lastFailure, jobs }: Facts, steps: Step[]): Step[] {
  const step = lastFailure?.failedStep ?? null;
  if (lastFailure === null || step === null || jobs.length > 0) return steps;
  const message = oneLine(lastFailure.messages.at(-1) ?? 'unknown reason');
  return steps.map((each) =>
    each.step === step && each.state !== 'done'
      ? { ...each, state: 'failed', since: null, reasons: [message, ...each.reasons].slice(0, 20) }
      : each,
  );
}

const now: readonly Status[] = ['running', 'paused', 'queued'];
const problems: readonly Status[] = ['failed', 'stale', 'missed'];

/** The state of a study from those of its steps: what happens now, else the worst of them. */
function studyState({ links, set, reportAt }: Facts, steps: readonly Step[]): Status {
  const states = new Set(steps.map(({ state }) => state));
  const first = [...now, ...problems].find((state) => states.has(state));
  if (first) return first;
  if (steps.every(({ state }) => state === 'done')) return 'done';
  return links.length === 0 && !set && reportAt === null ? 'none' : 'partial';
}

const withoutStart = (step: Step): Step => (step.action?.goal ? { ...step, action: null } : step);

/** Null if a job is at it, or if there is nothing that the program can do by itself. */
function remainingAction(facts: Facts, steps: readonly Step[]): StepAction | null {
  if (facts.jobs.length > 0 || !steps.some(({ state, action }) => state !== 'done' && action?.goal)) return null;
  // Each of the others is one worker's work, beside the models.
  const others = steps.flatMap(({ step, action }) => (step !== 'models' && action?.cost ? [action.cost] : []));
  const cost = together([...missingModels(facts), ...others], facts.forecast.pace);
  const begun = facts.links.length > 0;
  return { label: begun ? 'Run remaining steps' : 'Run the study', goal: 'report', link: null, cost };
}
