import { askEffects } from '../analysis/study.ts';
import { heterogeneity } from '../../contrasts/analysis/heterogeneity.ts';
import type {
  EffectsInput,
  EffectStudies,
  EffectStudiesInput,
  OverStudiesInput,
  OverStudiesResult,
} from '../contract/effects.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { at, targetTitles } from '../../../domain/numbers/index.ts';
import { findFactors } from '../analysis/factors.ts';
import { modelEntries } from '../../../domain/plans/index.ts';
import { reasonText } from '../exhibits/tables.ts';
import { overStudiesExhibit, overStudiesFigure, type StudyEffect } from '../exhibits/over-studies.ts';
import type { Storage } from '../../../storage/index.ts';

import { findQuestion, type StudyEffectData, whyNoEffects, whyNoOutcome } from './effects.ts';
import { answerHeader, type PeopleView } from '../../../services/results/index.ts';

/** One effect in several studies of a data folder (metrics.md 15). */

/** Other studies that declare networks at both levels of the factor, in order of creation. */
export function effectStudies(storage: Storage, input: EffectStudiesInput): EffectStudies {
  const others = storage.studies.list().filter(({ name }) => name !== input.study);
  return {
    studies: others.flatMap(({ name, spec }) => {
      const entries = modelEntries(spec, storage.studies.sections).flatMap(({ recipe }) =>
        recipe.targets.map((target) => ({ recipe, target })),
      );
      const factor = findFactors(entries).factors.find(({ key }) => key === input.factor);
      const has = (level: string): boolean => factor?.levels.some(({ value }) => value === level) ?? false;
      return has(input.level) && has(input.reference) ? [name] : [];
    }),
  };
}

/** What a study has to be asked about. */
export type Asked = readonly [people: PeopleView, data: StudyEffectData];

/**
 * Asks each study one question, and combines the answers. Where a study lacks the target, all of its targets count. A study that cannot answer is listed with the reason.
 * @param ask its networks of a target; null: all
 * @throws UserError `results.unknown-effect` for the study that the question came from
 */
export function overStudies(
  ask: (input: Pick<EffectsInput, 'study' | 'labelers' | 'target'>) => Asked,
  input: OverStudiesInput,
): OverStudiesResult {
  const own = ask(input);
  const question = findQuestion(own[1], answerHeader(own[0]).labelers, { ...input, second: null });
  const fixed = { ...input, second: null, outcome: question.outcome.key, factor: question.factor.key };
  const others = input.studies.map(({ study }) => {
    try {
      const all = ask({ study, labelers: null, target: null });
      const isKnown = all[1].targets.some(({ value }) => value === input.target);
      const of = input.target !== null && isKnown ? ask({ study, labelers: null, target: input.target }) : all;
      return {
        study,
        of,
        ...answerable(of, {
          ...fixed,
          study,
          reference: question.reference,
          people: question.people,
          images: question.images,
        }),
      };
    } catch (error) {
      return { study, of: null, question: null, why: reasonOf(error) };
    }
  });
  const known = [{ study: input.study, of: own, question, why: null }, ...others];
  // Groups of one size in all studies: their disagreement grows with it.
  const sizes = known.flatMap((each) => (each.question === null ? [] : [each.question.m]));
  const m = input.m ?? Math.min(...sizes);
  const rows = known.map((each): StudyEffect => {
    const none = {
      study: each.study,
      targets: '',
      simulated: false,
      runs: [],
      estimate: null,
      se: null,
      lo: null,
      hi: null,
    };
    if (each.of === null || each.question === null) return { ...none, why: each.why };
    const [people, from] = each.of;
    const sized = { ...each.question, m };
    const { factor, reference } = sized;
    const { design, estimator } = askEffects(from.data, sized);
    const { effect } = estimator.estimate({ type: 'marginal', factor: factor.key, level: input.level, reference });
    const compared = design.members.filter((_, run) =>
      [input.level, reference].includes(at(design.runs, run).levels[factor.key] ?? ''),
    );
    const models = compared.map((member) => at(from.members, member).model.record);
    return {
      study: each.study,
      targets: targetTitles([...new Set(models.map(({ target }) => target))]),
      simulated: people.rehearsal,
      runs: [...new Set(models.map(({ runId }) => runId))],
      estimate: effect.estimate,
      se: effect.se,
      lo: effect.lo,
      hi: effect.hi,
      why: effect.reason === null ? null : reasonText(effect.reason, sized),
    };
  });
  const found = heterogeneity(rows.map(({ study: name, estimate, se }) => ({ name, estimate, se })));
  const whose = answerHeader(own[0]);
  const asked = { question, level: input.level, m };
  return {
    combined: found.k,
    figure: overStudiesFigure(whose, asked, rows, found),
    table: overStudiesExhibit(whose, asked, rows, found),
  };
}

/** The question as a study takes it, or why it cannot answer. */
function answerable([people, from]: Asked, input: EffectsInput) {
  const { labelers } = answerHeader(people);
  const nothing = whyNoEffects(from);
  if (nothing !== null) return { question: null, why: nothing };
  const question = findQuestion(from, labelers, input);
  const why =
    whyNoOutcome(from, labelers, question.outcome) ??
    (question.images === input.images
      ? null
      : 'Nobody labeled its images, so that none of them can be chosen by that.') ??
    (question.people === input.people ? null : 'Its people cannot be taken as a sample of people.');
  return why === null ? { question, why } : { question: null, why };
}

function reasonOf(error: unknown): string {
  if (error instanceof UserError) return `${error.message}.`;
  throw error;
}
