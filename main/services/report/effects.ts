import { Memo } from '../../analysis/context.ts';
import { studyEffects } from '../../analysis/effect-study.ts';
import type { AnsweredEffects } from '../../exhibits/effects.ts';
import { reportedEffects } from '../../exhibits/report-effects.ts';
import type { ReportData } from '../../exhibits/report-data.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { Sources } from '../analysis-input.ts';
import {
  EffectSources,
  findQuestion,
  presentLevels,
  type StudyEffectData,
  whyNoEffects,
  whyNoOutcome,
} from '../results/effects.ts';
import { answerHeader, type PeopleView, viewPeople } from '../results/view.ts';
import type { Workbench } from '../tools/workbench.ts';

/** Effects in a study: of all its networks that were chosen, those of groups of their own too. */
export function reportEffects(
  { storage }: Workbench,
  study: StudyRecord,
  sources: Sources,
  ofModel: (model: ModelRecord) => boolean,
): NonNullable<ReportData['effects']> {
  const own = sources.readById(study.id, ofModel);
  if (!own) return [];
  const source = { ...own, study, classes: own.set.classes };
  const people = viewPeople(source, { study: study.name, labelers: null }, null, new Memo());
  return usualEffects(people, new EffectSources(storage).read(people, study.name, null)).map(reportedEffects);
}

/** Outcomes of a report: one of each sort. */
const reported = [
  'pairwise',
  'misclassified',
  'type_a',
  'type_c',
  'certainty',
  'certainty_split',
  'width',
  'slope',
  'divergence',
  'crossing',
];
/** Numbers that all networks give all images, from which on a report has the first outcomes only. */
const manyNumbers = 5e6;
const mostFactors = 8;

/** Effects of every factor on the usual outcomes, as far as they are defined. */
function usualEffects(people: PeopleView, from: StudyEffectData): AnsweredEffects[] {
  if (whyNoEffects(from) !== null) return [];
  const { study } = people.source;
  const { labelers } = answerHeader(people);
  const { raters, images } = from.data.labels;
  const keys = raters * images > manyNumbers ? reported.slice(0, 2) : reported;
  const factors = from.data.factors.filter((of) => presentLevels(from, of).length > 1);
  return factors.slice(0, mostFactors).flatMap(({ key: factor }) =>
    keys.flatMap((outcome): AnsweredEffects[] => {
      const input = { study: study.name, labelers: null, outcome, factor, reference: null, second: null } as const;
      const question = findQuestion(from, labelers, {
        ...input,
        target: null,
        images: 'all',
        people: 'fixed',
        m: null,
      });
      if (whyNoOutcome(from, labelers, question.outcome) !== null) return [];
      const found = studyEffects(from.data, question);
      return found.estimator.images.length === 0 ? [] : [{ data: from.data, question, found }];
    }),
  );
}
