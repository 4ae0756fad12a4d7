import type { Contrast, Levels } from '../../contrasts/analysis/contrasts.ts';
import { askEffects, type AskedEffects, type EffectQuestion, knownLevels, matched, runsOf } from '../analysis/study.ts';
import type { EffectSource, EffectSourceInput } from '../contract/effects.ts';
import type { EffectNumber } from '../../../contract/results/index.ts';
import { at } from '../../../domain/numbers/index.ts';
import { levelText } from '../exhibits/tables.ts';
import { findQuestion, type StudyEffectData, unknownEffect } from './effects.ts';
import { answerHeader, type PeopleView } from '../../../services/results/index.ts';

/** Values of images that are rounding alone. */
const nothing = 1e-9;

/** Networks and images behind a number. @throws UserError `results.unknown-effect` */
export function effectSource(people: PeopleView, from: StudyEffectData, input: EffectSourceInput): EffectSource {
  const question = findQuestion(from, answerHeader(people).labelers, input);
  const asked = askEffects(from.data, question);
  const { design, estimator } = asked;
  const found = contrastOf(asked, question, input.of);
  const factors = [design.factor, ...(design.second ? [design.second] : []), ...design.held];
  const textOf = (levels: Levels): string =>
    factors.flatMap((factor) => (factor.key in levels ? levelText(factor, levels[factor.key]) : [])).join(', ');
  const behind = new Set(runsOf(design, found.contrast));
  const networks = (levels: Levels): EffectSource['groups'][number]['networks'] =>
    design.members.flatMap((member, run) => {
      const own = at(design.runs, run).levels;
      if (!behind.has(run) || Object.entries(levels).some(([key, level]) => own[key] !== level)) return [];
      const { model } = at(from.members, member);
      return [{ name: model.input.name, runId: model.record.runId }];
    });
  const groups = found.groups.map((levels) => ({ title: textOf(levels), networks: networks(levels) }));
  if (groups.every(({ networks: own }) => own.length === 0))
    throw unknownEffect('No network with predictions has these levels', input.study);
  const apart = [...estimator.byImage(found.contrast)]
    .filter(([, value]) => Math.abs(value) > nothing)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const ids = people.context.input.imageIds;
  return {
    groups,
    images: estimator.images.map((image) => at(ids, image)),
    apart: apart.map(([image]) => at(ids, image)),
  };
}

/** A number as a contrast, and the levels of the networks that it is of. @throws UserError `results.unknown-effect` */
function contrastOf(
  { design }: AskedEffects,
  { factor, reference, second }: EffectQuestion,
  of: EffectNumber,
): { contrast: Contrast; groups: Levels[] } {
  const { key } = factor;
  switch (of.kind) {
    case 'mean':
      return { contrast: { type: 'mean', at: of.at }, groups: [of.at] };
    case 'matched':
      return {
        contrast: matched(design, of.level, of.beside),
        groups: [{ [key]: of.level }],
      };
    case 'difference':
      return {
        contrast: { type: 'marginal', factor: key, level: of.level, reference },
        groups: [{ [key]: of.level }, { [key]: reference }],
      };
    case 'interaction': {
      if (!second) throw unknownEffect('There is no second factor', of.level2);
      const { level, level2 } = of;
      const reference2 = knownLevels(design, second)[0] ?? '';
      return {
        contrast: {
          type: 'interaction',
          factor: key,
          level,
          reference,
          factor2: second.key,
          level2,
          reference2,
        },
        groups: [level2, reference2].flatMap((b) => [level, reference].map((a) => ({ [key]: a, [second.key]: b }))),
      };
    }
    case 'slope':
      return {
        contrast: { type: 'slope', factor: key, scale: factor.scale ?? 'value' },
        groups: knownLevels(design, factor).map((level) => ({ [key]: level })),
      };
  }
}
