import type { Overview, Step, StepAction } from '../../contract/api/studies.ts';
import { covers } from '../declaration/plan.ts';
import type { Tools } from '../tools/tools.ts';
import { studyCard } from '../studies/studies.ts';
import { type Facts, readFacts, readLabelFacts } from './facts.ts';
import { dataSetStep, generatorStep, stimuliStep } from './stimulus-steps.ts';
import { analysisStep, labelingStep, missingModels, modelsStep, reportStep } from './response-steps.ts';

/** Every step of a study: its state, what is stale and why, what comes next. @throws UserError `study.not-found` */
export async function studyOverview(
  tools: Pick<Tools, 'workbench' | 'jobs' | 'settings'>,
  name: string,
): Promise<Overview> {
  const facts = readFacts(tools, name);
  const labels = await readLabelFacts(facts);
  // What a job is going to do anyway cannot be started again.
  const goals = tools.jobs.studyJobs(name).flatMap(({ goal }) => goal ?? []);
  const generator = generatorStep(facts);
  const stimuli = stimuliStep(facts, generator.state);
  const models = modelsStep(facts);
  const labeling = labelingStep(facts, labels);
  const analysis = analysisStep(facts, labels, [stimuli, models, labeling]);
  const report = reportStep(facts, analysis);
  const steps = [dataSetStep(facts), generator, stimuli, models, labeling, analysis, report].map((step) =>
    goals.some((goal) => step.action?.goal && covers(goal, step.action.goal)) ? { ...step, action: null } : step,
  );
  return {
    study: studyCard(tools, facts.record),
    steps,
    rest: goals.includes('report') ? null : remainingAction(facts, steps),
    job: facts.job,
    types: labels?.types ?? null,
  };
}

function remainingAction(facts: Facts, steps: readonly Step[]): StepAction | null {
  if (steps.every(({ state }) => state === 'ready')) return null;
  const models = missingModels(facts);
  const others = steps.filter(({ step, action }) => step !== 'models' && action?.cost);
  const sum = (of: 'seconds' | 'bytes'): number =>
    others.reduce((all, { action }) => all + (action?.cost?.[of] ?? 0), 0);
  // Each of the others is one worker's work, beside the models.
  const cost = { seconds: models.seconds + sum('seconds') / facts.pace.workers, bytes: models.bytes + sum('bytes') };
  const begun = facts.links.length > 0;
  return { label: begun ? 'Continue the study' : 'Run the study', goal: 'report', link: null, cost };
}
