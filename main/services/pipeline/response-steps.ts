import type { Step, StepAction } from '../../contract/api/studies.ts';
import { formatCount } from '../../domain/format.ts';
import { identities } from '../declaration/plan.ts';
import { classifierCost, together } from '../estimates/cost.ts';
import { type Facts, type ImageTypes, isWorking, type LabelFacts, type PeopleAlone } from './facts.ts';

/** The steps about responses to the images: models, labeling, analysis, report. */

const link = ({ record }: Facts, screen: string, label: string): StepAction => ({
  ...{ label, goal: null, cost: null },
  link: `/studies/${encodeURIComponent(record.name)}/${screen}`,
});

export function missingModels({ study, places, pace }: Facts): { count: number; seconds: number; bytes: number } {
  const costs = study.models.flatMap((entry) => {
    const cost = classifierCost(entry.recipe, pace);
    return identities(entry).flatMap(({ name }) => {
      const place = places.get(`models/${name}`);
      return place?.state === 'done' && !place.changed ? [] : [cost];
    });
  });
  return { count: costs.length, ...together(costs, pace) };
}

export function modelsStep(facts: Facts): Step {
  const { study, places, models } = facts;
  const asked = [...places.values()].filter(({ role }) => role.startsWith('models/'));
  const done = asked.filter(({ state, changed }) => state === 'done' && !changed).length;
  const failed = asked.filter(({ state }) => state === 'failed').length;
  const changed = asked.filter((place) => place.changed).length;
  const { count: missing, ...cost } = missingModels(facts);
  const snapshots = models.filter(({ runState }) => runState === 'done').length;
  const value = `${done.toLocaleString('en')} of ${asked.length.toLocaleString('en')}`;
  const base = {
    ...{ step: 'models', simulated: false, reasons: [], figure: { value, of: 'models trained' } },
    detail: snapshots === 0 ? 'No snapshots yet' : `${formatCount(snapshots, 'snapshot')} at their target accuracy`,
  } satisfies Partial<Step>;
  const look = link(facts, 'models', 'Show the models');
  if (study.models.length === 0 && asked.length === 0) {
    const add = link(facts, 'models', 'Add models');
    return { ...base, state: 'ready', figure: null, detail: 'None planned: people only', action: add };
  }
  const train: StepAction = { label: `Train ${formatCount(missing, 'model')}`, goal: 'models', link: null, cost };
  if (isWorking(facts, /^models\//)) return { ...base, state: 'working', action: look };
  if (failed > 0) {
    const reasons = [`${formatCount(failed, 'training')} failed; the run table says why.`];
    return { ...base, state: 'failed', reasons, action: { ...train, label: 'Try again' } };
  }
  if (changed > 0) {
    const reasons = [`${formatCount(changed, 'model')} changed in recipe or seed after the training.`];
    return { ...base, state: 'stale', reasons, action: train };
  }
  return missing === 0 ? { ...base, state: 'ready', action: look } : { ...base, state: 'none', action: train };
}

export function labelingStep(facts: Facts, labels: LabelFacts | null): Step {
  const { study, set, figures } = facts;
  const base = {
    step: 'labeling',
    simulated: figures.simulated,
    figure: null,
    reasons: [],
    action: null,
  } satisfies Partial<Step>;
  if (!set || !labels) return { ...base, state: 'blocked', detail: 'Needs stimuli' };
  const { labelers, given, active } = labels;
  const run: StepAction = { label: 'Simulate labels', goal: 'report', link: null, cost: null };
  if (labelers === 0) {
    const rehearsed = study.labelers.source === 'rehearsal' ? study.labelers.count : 0;
    if (rehearsed === 0)
      return { ...base, state: 'none', detail: 'No labels yet: create labeling sessions or import labels' };
    return { ...base, state: 'none', detail: `${rehearsed} simulated labelers are planned`, action: run };
  }
  const figure = { value: String(active), of: active === 1 ? 'labeler' : 'labelers' };
  const detail = `${given.toLocaleString('en')} of ${(labelers * set.images.length).toLocaleString('en')} labels given`;
  const reasons = staleLabelReasons(facts, labelers, active);
  return { ...base, state: reasons.length > 0 ? 'stale' : 'ready', figure, detail, reasons };
}

function staleLabelReasons({ study, figures }: Facts, linked: number, active: number): string[] {
  const reasons: string[] = [];
  if (active < linked) reasons.push(`${formatCount(linked - active, 'labeler')} labelled other stimuli than these.`);
  if (study.labelers.source === 'rehearsal' && figures.simulated && study.labelers.count !== linked) {
    reasons.push(`The study asks for ${study.labelers.count} simulated labelers; there are ${linked}.`);
  }
  return reasons;
}

function countUnpredicted({ models, set }: Facts): number {
  if (!set) return 0;
  return models.filter(({ runState, prediction }) => runState === 'done' && prediction === null).length;
}

export function analysisStep(facts: Facts, labels: LabelFacts | null, upstream: readonly Step[]): Step {
  const { models, set, figures } = facts;
  const base = { step: 'analysis', simulated: figures.simulated, reasons: [], action: null } satisfies Partial<Step>;
  const predicted = models.filter(({ prediction }) => prediction !== null).length;
  const people = predicted === 0 ? (labels?.people ?? null) : null;
  if (!set || (predicted === 0 && people === null)) {
    const needs = facts.study.models.length === 0 ? 'labels' : 'models';
    const detail = set ? `Needs ${needs}` : `Needs stimuli and ${needs}`;
    const working = isWorking(facts, /^predictions\//);
    return { ...base, state: working ? 'working' : 'blocked', figure: null, detail };
  }
  const missing = countUnpredicted(facts);
  const reasons = missing === 0 ? [] : [`${formatCount(missing, 'snapshot')} have no predictions for these stimuli.`];
  reasons.push(...staleBefore(people ? upstream.filter(({ step }) => step !== 'models') : upstream));
  const { figure, detail } = people
    ? peopleSummary(people, figures.simulated)
    : typesSummary(labels?.types ?? null, predicted);
  const cost = { seconds: 2 + missing, bytes: 8000 * missing };
  const predict: StepAction = { label: 'Predict on the stimuli', goal: 'report', link: null, cost };
  if (isWorking(facts, /^predictions\//)) return { ...base, state: 'working', figure, detail };
  const state = reasons.length > 0 ? 'stale' : 'ready';
  const look = people ? link(facts, 'results', 'Show the results') : null;
  return { ...base, state, figure, detail, reasons, action: missing > 0 ? predict : look };
}

type Summary = Pick<Step, 'figure' | 'detail'>;

const typesSummary = (types: ImageTypes | null, predicted: number): Summary =>
  types
    ? {
        figure: { value: `${types.type_a} of ${types.determined}`, of: 'images of type A' },
        detail: `Only networks disagree; ${types.models} models at ${types.target} %`,
      }
    : {
        figure: { value: String(predicted), of: 'snapshots with predictions' },
        detail: 'Types of images need two labelers and two diverse models',
      };

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
    action: null,
  } satisfies Partial<Step>;
  // The goal `report` trains models first. A report about people alone is written from its own screen.
  const write: StepAction = facts.models.some(({ prediction }) => prediction !== null)
    ? { label: 'Write the report', goal: 'report', link: null, cost: { seconds: 5, bytes: 1e6 } }
    : link(facts, 'report', 'Write the report');
  if (reportAt === null) {
    const ready = analysis.state === 'ready' || analysis.state === 'stale';
    if (!ready) return { ...base, state: 'blocked', detail: 'Needs the analysis' };
    return { ...base, state: 'none', detail: 'Not written yet', action: write };
  }
  const since = (at: number | null): boolean => at !== null && at > reportAt;
  const reasons = [
    since(record.changedAt) && 'The study was changed after it was written.',
    since(figures.setLinkedAt) && 'The study has other stimuli now.',
    since(figures.lastPrediction) && 'New predictions came after it was written.',
    since(figures.lastLabel) && 'New labels came after it was written.',
    analysis.state === 'stale' && 'The analysis that it shows is out of date.',
  ].filter((reason) => reason !== false);
  const figure = { value: new Date(reportAt).toISOString().slice(0, 10), of: 'last written' };
  const detail = 'One HTML file with every figure and table';
  if (reasons.length === 0) return { ...base, state: 'ready', figure, detail };
  return { ...base, state: 'stale', figure, detail, reasons, action: { ...write, label: 'Write the report again' } };
}

const names: Partial<Record<Step['step'], string>> = { stimuli: 'stimuli', models: 'models', labeling: 'labels' };

function staleBefore(steps: readonly Step[]): string[] {
  const stale = steps.flatMap(({ step, state }) => (state === 'stale' ? [names[step] ?? step] : []));
  return stale.length === 0 ? [] : [`It is made from ${stale.join(' and ')} that are stale.`];
}
