import { Memo } from '../../../analysis/groups/index.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { kept } from '../../../domain/numbers/index.ts';
import { figureReasons } from '../../../domain/results/index.ts';
import type { ReportedPart } from '../../../exhibits/index.ts';
import type { Sources } from '../../../services/index.ts';
import {
  answerHeader,
  noStimuli,
  type PeopleView,
  findLeftOut,
  readRecipe,
  readTrainings,
  type ReportTools,
  viewPeople,
} from '../../../services/results/index.ts';
import { findStudy } from '../../../services/workbench/index.ts';
import type { ModelRecord, StudyRecord } from '../../../storage/index.ts';
import { studyEffects } from '../analysis/study.ts';
import { type OverStudiesResult, reportedOverStudiesSchema } from '../contract/effects.ts';
import { effectsPart, ofSection, reportedEffects } from '../exhibits/reported.ts';
import type { AnsweredEffects } from '../exhibits/tables.ts';
import {
  EffectSources,
  findQuestion,
  presentLevels,
  type StudyEffectData,
  whyNoEffects,
  whyNoOutcome,
} from './effects.ts';
import { type Asked, overStudies } from './over-studies.ts';

type OfModel = (model: ModelRecord) => boolean;

/** @throws UserError `results.no-stimuli` */
function peopleOf(study: StudyRecord, sources: Sources, ofModel?: OfModel): PeopleView {
  const own = sources.readById(study.id, ofModel);
  if (!own) throw noStimuli(study.name);
  const source = { ...own, study, classes: own.set.classes };
  return viewPeople(source, { study: study.name, labelers: null }, null, new Memo());
}

/** Effects of what networks differ in, where that section was chosen: in the study, and over studies. */
export function effectsReport(tools: ReportTools): ReportedPart[] {
  if (!tools.choice.sections.includes('effects')) return [];
  const { storage } = tools.workbench;
  const sources = new EffectSources({
    trainings: (study) => readTrainings(storage, study),
    recipe: (run) => readRecipe(storage, run),
    leftOut: (name) => findLeftOut(storage, name),
  });
  const views = new Map<number, PeopleView>();
  const ask = (study: StudyRecord, target: string | null): Asked => {
    const ofModel = study.id === tools.study.id ? tools.ofModel : undefined;
    const people = kept(views, study.id, () => peopleOf(study, tools.sources, ofModel));
    return [people, sources.read(people, target)];
  };
  return [ownEffects(tools, ask(tools.study, null)), ...overEach(tools, ask)];
}

/** Effects in the study: of all its networks that were chosen, those of groups of their own too. */
function ownEffects({ choice }: ReportTools, [people, from]: Asked): ReportedPart {
  const whose = answerHeader(people);
  const effects = usualEffects(people, from).map((answered) => reportedEffects(whose, answered));
  return effectsPart(whose, effects, choice.targets === null);
}

/** The chosen effects over studies, a part each. One that is of fewer than two studies is left out, with a sentence that says why. */
function overEach(
  { workbench, study, choice }: ReportTools,
  ask: (study: StudyRecord, target: string | null) => Asked,
): ReportedPart[] {
  const part = { ...ofSection, saysSample: true } as const;
  const leftOut = (why: string): ReportedPart => ({ ...part, tables: [], figures: [], leftOut: [why] });
  let place = 0;
  return choice.overStudies.map((chosen): ReportedPart => {
    const { title } = chosen;
    const { data } = reportedOverStudiesSchema.safeParse(chosen);
    if (!data) return leftOut(`${title}: left out. This version of the program does not know such a question.`);
    const { title: _, ...question } = data;
    try {
      const answer = overStudies(({ study: name, target }) => ask(findStudy(workbench, name), target), {
        ...question,
        study: study.name,
        labelers: null,
        second: null,
      });
      const { figure, table, combined } = answer;
      if (combined < 2)
        return leftOut(`${title}: not combined, as fewer than two studies have an interval.${whyLeftOut(answer)}`);
      place += 1;
      return {
        ...part,
        figures: [{ ...figure, id: `${table.id}-${place}-figure` }],
        tables: [{ ...table, id: `${table.id}-${place}` }],
      };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return leftOut(`${title}: left out. ${error.message}.`);
    }
  });
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
