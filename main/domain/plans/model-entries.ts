import type { ReportSection } from '../../contract/api/report.ts';
import { type SectionKey, sectionKeys, type SectionSchema } from '../../contract/studies/sections.ts';
import type { ModelsSpec, Study } from '../../contract/studies/study.ts';
import type { UserError } from '../../contract/wire/errors.ts';

/** Models of one recipe: an entry of `models`, or one that a section of the study plans. */
export interface ModelEntry extends ModelsSpec {
  /** Absent: declared in `models`. */
  readonly section?: {
    /** In the study file, e.g. `sweeps.0`. */
    readonly place: string;
    /** The number of its seed, from 0, where each seed has an entry of its own; its model has the name of the entry. */
    readonly seed?: number;
  };
}

/** What a section asks for. */
interface Asked {
  readonly trainings: number;
  readonly snapshots: number;
  /** How to ask for less: `Take fewer seeds`. */
  readonly fewer: string;
}

/** Names an error's place in the study file. */
export type RefuseAt = (key: string, what: string, remedy: string) => never;

/**
 * A part of study files in which a contribution declares models. Each function is asked only of studies that have the part,
 * read with its schema.
 */
export interface StudySection extends SectionSchema {
  /** The module whose export `studySection` this is, as `entryModule` takes it: child processes load it. */
  readonly module: string;
  /** Its models; none where they cannot be planned yet. @throws UserError if it makes no sense */
  readonly entries: (study: Study) => readonly ModelEntry[];
  /** Counted without making a single name. */
  readonly asked: (study: Study) => Asked;
  /**
   * Refuses what makes no sense in the study. @param file names the study in errors that the section makes itself
   * @param before models of the study, and of sections before this one @throws UserError
   */
  readonly check: (study: Study, file: string, refuse: RefuseAt, before: readonly ModelEntry[]) => void;
  /** A declared study with what was made for the section in an earlier declaration. */
  readonly keepMade?: (declared: Study, before: Study) => Study;
  /** Names of entries of `models` that it needs. */
  readonly needs?: (study: Study) => readonly string[];
  /** Why models may not be removed by themselves; null: it has none of them, and needs none. */
  readonly refuseRemoval?: (study: Study, isRemoved: (entry: ModelEntry) => boolean) => UserError | null;
  /** What is missing once the study has its labels; null: nothing. */
  readonly missing?: (study: Study) => string | null;
  /** The section of reports about its models, and why it would be empty in that of a study, which may lack the part; null: it is not. */
  readonly report?: { readonly section: ReportSection; readonly whyEmpty: (study: Study) => string | null };
  /** Hashes of files that archives of data have, and of those in archives with weights. */
  readonly files?: (study: Study) => { readonly data: readonly string[]; readonly weights: readonly string[] };
}

/** Those of contributions, in the order of their models. */
export type Sections = readonly StudySection[];

/** Sections that a study has and contributions read. */
export const sectionsOf = (study: Partial<Pick<Study, SectionKey>>, sections: Sections): Sections =>
  sections.filter(({ key }) => study[key] !== undefined);

/** Sections that a study has and nothing here reads. */
export const unreadSections = (study: Partial<Pick<Study, SectionKey>>, sections: Sections): SectionKey[] =>
  sectionKeys.filter((each) => study[each] !== undefined && !sections.some(({ key }) => key === each));

/** All models of a study: the declared ones, and those of its sections. @throws UserError as the sections do */
export function modelEntries(study: Study, sections: Sections): readonly ModelEntry[] {
  const own = sectionsOf(study, sections);
  return own.length === 0 ? study.models : [...study.models, ...own.flatMap(({ entries }) => entries(study))];
}
