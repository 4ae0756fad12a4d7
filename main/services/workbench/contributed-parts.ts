import { entryModule } from '../../files/places.ts';
import type { Sections, StudySection } from '../../domain/plans/model-entries.ts';
import type { StorageOptions } from '../../storage/open.ts';
import type { StoredHistories } from './answer-histories.ts';
import type { StoredModels } from './stored-models.ts';

/** Modules of what contributions store and declare, by which child processes have it as their host does. */
export interface PartModules {
  /** Of models that were not trained here. */
  readonly storedModels: readonly string[];
  /** Of parts of study files. */
  readonly sections: readonly string[];
  /** Of how labels were given; null: there is none. */
  readonly historiesModule: string | null;
}

/** What these modules have. */
export interface StoredParts {
  readonly storedModels: readonly StoredModels[];
  readonly sections: Sections;
  readonly answerHistories?: StoredHistories | undefined;
}

/** What modules export under a name, in their order. */
const load = <Part>(name: string, modules: readonly string[]): Promise<Part[]> =>
  Promise.all(
    modules.map(async (module) => ((await import(entryModule(module))) as Record<string, Part>)[name] as Part),
  );

export const loadStoredModels = (modules: readonly string[]): Promise<StoredModels[]> => load('storedModels', modules);

export const loadSections = (modules: readonly string[]): Promise<Sections> =>
  load<StudySection>('studySection', modules);

/** Loads in a child process what its host has. */
export async function loadParts({ storedModels, sections, historiesModule }: PartModules): Promise<StoredParts> {
  const [answerHistories] = await load<StoredHistories>(
    'answerHistories',
    historiesModule === null ? [] : [historiesModule],
  );
  return {
    storedModels: await loadStoredModels(storedModels),
    sections: await loadSections(sections),
    answerHistories,
  };
}

/** How a data folder is read with them, as `openStorage` takes it. */
export function readersOf({
  storedModels,
  sections,
  answerHistories,
}: StoredParts): Pick<StorageOptions, 'otherModels' | 'otherAnswers' | 'sections' | 'answerHistories'> {
  const otherModels = storedModels.find(({ of }) => of)?.of;
  const otherAnswers = storedModels.find(({ answersOf }) => answersOf)?.answersOf;
  return {
    ...(otherModels && { otherModels }),
    ...(otherAnswers && { otherAnswers }),
    sections,
    answerHistories: answerHistories?.of,
  };
}
