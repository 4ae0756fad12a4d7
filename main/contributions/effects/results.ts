import { kept } from '../../domain/numbers/index.ts';
import type { AnswerTools, ContributedResults } from '../../services/results/index.ts';
import { effects, EffectSources } from './answers/effects.ts';
import { type Asked, effectStudies, overStudies } from './answers/over-studies.ts';
import { effectPlan } from './answers/plan.ts';
import { effectsReport } from './answers/report.ts';
import { effectSource } from './answers/source.ts';
import type {
  EffectPlanInput,
  EffectsInput,
  EffectSourceInput,
  EffectStudiesInput,
  OverStudiesInput,
} from './contract/effects.ts';

/** What questions to one process share. */
const shared = new WeakMap<AnswerTools, EffectSources>();

/** @throws UserError `study.not-found`, `results.*` */
function ask(
  tools: AnswerTools,
  { study, labelers, target }: Pick<EffectsInput, 'study' | 'labelers' | 'target'>,
): Asked {
  const people = tools.people({ study, labelers });
  return [people, kept(shared, tools, () => new EffectSources(tools)).read(people, target)];
}

const questions = {
  result: (tools: AnswerTools, input: EffectsInput) => effects(...ask(tools, input), input),
  source: (tools: AnswerTools, input: EffectSourceInput) => effectSource(...ask(tools, input), input),
  plan: (tools: AnswerTools, input: EffectPlanInput) => effectPlan(...ask(tools, input), input),
  studies: ({ storage }: AnswerTools, input: EffectStudiesInput) => effectStudies(storage, input),
  overStudies: (tools: AnswerTools, input: OverStudiesInput) => overStudies((of) => ask(tools, of), input),
};
export type EffectsQuestions = typeof questions;

export default { questions, report: effectsReport } satisfies ContributedResults;
