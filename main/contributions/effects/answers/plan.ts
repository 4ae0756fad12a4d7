import { askEffects } from '../analysis/study.ts';
import { leastSeeds } from '../../contrasts/analysis/effect-planner.ts';
import { isGroupOutcome } from '../../../analysis/outcomes/index.ts';
import type { EffectPlanInput } from '../contract/effects.ts';
import { at } from '../../../domain/numbers/index.ts';
import { levelText, reasonText, timesOf } from '../exhibits/tables.ts';
import { findQuestion, type StudyEffectData, whyNoEffects, whyNoOutcome } from './effects.ts';
import { noPlan, type PlannedSize, planParts } from '../../contrasts/size-plan.ts';
import { answerHeader, type PeopleView } from '../../../services/results/index.ts';

/** @throws UserError `results.unknown-effect` */
export function effectPlan(people: PeopleView, from: StudyEffectData, input: EffectPlanInput): PlannedSize {
  const labelers = answerHeader(people).labelers;
  const why = whyNoEffects(from);
  if (why !== null) return noPlan(why);
  const question = findQuestion(from, labelers, input);
  const missing = whyNoOutcome(from, labelers, question.outcome);
  if (missing !== null) return noPlan(missing);
  const { design, outcome, estimator } = askEffects(from.data, question);
  const { key } = question.factor;
  const { reference } = question;
  const parts = estimator.estimate({ type: 'marginal', factor: key, level: input.level, reference });
  const { reason } = parts.effect;
  const compared = design.members.filter((_, run) => {
    const level = design.runs[run]?.levels[key];
    return level === input.level || level === reference;
  });
  const recipes = new Map(
    compared.map((member) => [at(from.members, member).entry.recipe, at(from.members, member).model.record.runId]),
  );
  return planParts(parts, {
    why: reason !== null && reason !== 'no_variation' ? reasonText(reason, question) : null,
    times: timesOf(question.outcome),
    classes: from.data.labels.classes,
    difference: input.difference,
    fewest: isGroupOutcome(outcome) ? outcome.m : leastSeeds,
    networks: 1,
    runs: [...recipes.values()],
    needsPeople: question.outcome.needs.includes('people'),
    labeled: labeledShare(from, parts.labelers !== null),
    unit: question.outcome.unit,
    texts: { level: levelText(question.factor, input.level), reference: levelText(question.factor, reference) },
  });
}

/** People who label a part of the images each do so again. */
function labeledShare({ data: { humans } }: StudyEffectData, areRandom: boolean): number {
  const { labels } = humans;
  if (!areRandom || !labels || labels.raters === 0) return 1;
  return humans.tally.present.reduce((sum, n) => sum + n, 0) / (labels.raters * labels.images);
}
