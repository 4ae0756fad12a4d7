import { Memo } from '../../analysis/context.ts';
import { studyEffects } from '../../analysis/effect-study.ts';
import type { OverStudiesResult } from '../../contract/api/effects.ts';
import type { ReportChoice } from '../../contract/api/report.ts';
import { UserError } from '../../contract/errors.ts';
import { figureReasons } from '../../domain/figures.ts';
import type { AnsweredEffects } from '../../exhibits/effects.ts';
import { reportedEffects } from '../../exhibits/report-effects.ts';
import type { ReportData, ReportedOverStudies } from '../../exhibits/report-data.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { Sources } from '../analysis-input.ts';
import {
  effectLooks,
  EffectSources,
  findQuestion,
  presentLevels,
  type StudyEffectData,
  whyNoEffects,
  whyNoOutcome,
} from '../results/effects.ts';
import { RecordedReads } from '../results/reads.ts';
import { overStudies } from '../results/over-studies.ts';
import { answerHeader, noStimuli, type PeopleView, viewPeople } from '../results/view.ts';
import { findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';

type OfModel = (model: ModelRecord) => boolean;

/** @throws UserError `results.no-stimuli` */
function peopleOf(study: StudyRecord, sources: Sources, ofModel?: OfModel): PeopleView {
  const own = sources.readById(study.id, ofModel);
  if (!own) throw noStimuli(study.name);
  const source = { ...own, study, classes: own.set.classes };
  return viewPeople(source, { study: study.name, labelers: null }, null, new Memo());
}

/** Effects in a study: of all its networks that were chosen, those of groups of their own too. */
export function reportEffects(
  { storage }: Workbench,
  study: StudyRecord,
  sources: Sources,
  ofModel: OfModel,
): NonNullable<ReportData['effects']> {
  const people = peopleOf(study, sources, ofModel);
  const from = new EffectSources(new RecordedReads(storage, effectLooks)).read(people, study.name, null);
  return usualEffects(people, from).map((answered) => reportedEffects(answerHeader(people), answered));
}

/** The chosen effects over studies. One that is of fewer than two studies is left out, with a sentence that says why. */
export function reportOverStudies(
  workbench: Workbench,
  study: StudyRecord,
  sources: Sources,
  ofModel: OfModel,
  chosen: ReportChoice['overStudies'],
): { found: ReportedOverStudies[]; leftOut: string[] } {
  const [found, leftOut]: [ReportedOverStudies[], string[]] = [[], []];
  const effects = new EffectSources(new RecordedReads(workbench.storage, effectLooks));
  for (const { title, ...question } of chosen) {
    try {
      const answer = overStudies(
        ({ study: name, target }) => {
          const of = findStudy(workbench, name);
          const people = peopleOf(of, sources, of.id === study.id ? ofModel : undefined);
          return [people, effects.read(people, name, target)];
        },
        { ...question, study: study.name, labelers: null, second: null },
      );
      const place = found.length + 1;
      const { figure, table, combined } = answer;
      if (combined > 1)
        found.push({
          figure: { ...figure, id: `${table.id}-${place}-figure` },
          table: { ...table, id: `${table.id}-${place}` },
        });
      else leftOut.push(`${title}: not combined, as fewer than two studies have an interval.${whyLeftOut(answer)}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      leftOut.push(`${title}: left out. ${error.message}.`);
    }
  }
  return { found, leftOut };
}

const whyLeftOut = ({ figure }: OverStudiesResult): string =>
  figureReasons(figure)
    .map((reason) => ` ${reason}`)
    .join('');

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
