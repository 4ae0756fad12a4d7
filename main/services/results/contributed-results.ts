import { entryModule } from '../../files/places.ts';
import type { ReportChoice } from '../../contract/api/report.ts';
import type { LeftOut } from '../../contract/api/results-tables.ts';
import type { PeopleInput } from '../../contract/results/results-parts.ts';
import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import type { ReportedPart } from '../../exhibits/report-data.ts';
import type { AddedResults } from '../../exhibits/result-lists.ts';
import type { PaperValues } from '../../exhibits/parts/paper-values.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { Storage } from '../../storage/open.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { Source, Sources, StudyData } from '../analysis-input.ts';
import type { StudyTraining } from './trainings.ts';
import type { PeopleView } from './view.ts';
import type { ResultModule, Workbench } from '../workbench/workbench.ts';

/** What a question of a contribution is answered from. What is read of it is noted, so that answers can be kept. */
export interface AnswerTools {
  readonly storage: Storage;
  /** What the paper prints. */
  readonly paper: PaperValues;
  /** @throws UserError `study.not-found` */
  study(name: string): StudyRecord;
  /** Stimuli, labels and predictions; null: the study has no stimuli yet. */
  source(study: StudyRecord): Source | null;
  /** A study's people and all its models, as views of results have them; kept. @throws UserError `study.not-found`, `results.*` */
  people(input: PeopleInput): PeopleView;
  /** Trainings of a study by its id, also queued ones: their progress makes no answer old. */
  trainings(study: number): readonly StudyTraining[];
  /** Planned snapshots of a study, by its name, without predictions, and why. */
  leftOut(study: string): readonly LeftOut[];
  /** The recipe of a training, as it was run; null: the run is none. It is not noted, as it never changes. */
  recipe(run: number): ClassifierRecipe | null;
}

/** What a contribution makes its part of a report from. */
export interface ReportTools {
  readonly workbench: Workbench;
  readonly study: StudyRecord;
  readonly data: StudyData;
  readonly choice: ReportChoice;
  readonly sources: Sources;
  /** Whether a model of the study is one of those that the report is of. */
  readonly ofModel: (model: ModelRecord) => boolean;
  /** What the paper prints; null where it would mean nothing. */
  readonly paper: PaperValues | null;
}

/** What a contribution adds to results: the default export of its module `results.ts`, which child processes load. */
export interface ContributedResults extends AddedResults {
  /** Answers to `lab.analysis.askOf`. Inputs were checked by the schema of the call. */
  readonly questions: Readonly<Record<string, (tools: AnswerTools, input: never) => unknown>>;
  /** Its parts of a study's report. */
  readonly report?: (from: ReportTools) => ReportedPart[];
}

/** What all add, in the order in which contributions are listed. */
export const addedResults = (contributed: ReadonlyMap<string, ContributedResults>): Required<AddedResults> => ({
  results: [...contributed.values()].flatMap(({ results = [] }) => results),
  figures: [...contributed.values()].flatMap(({ figures = [] }) => figures),
  sections: [...contributed.values()].flatMap(({ sections = [] }) => sections),
  analysis: [...contributed.values()].flatMap(({ analysis = [] }) => analysis),
  measures: [...contributed.values()].flatMap(({ measures = [] }) => measures),
  imageColumns: [...contributed.values()].flatMap(({ imageColumns = [] }) => imageColumns),
});

/** Loads the results of contributions, by their names. */
export async function loadResults(modules: readonly ResultModule[]): Promise<ReadonlyMap<string, ContributedResults>> {
  const load = async ({ name, module }: ResultModule): Promise<[string, ContributedResults]> => {
    const loaded: { default: ContributedResults } = await import(entryModule(module));
    return [name, loaded.default];
  };
  return new Map(await Promise.all(modules.map(load)));
}
