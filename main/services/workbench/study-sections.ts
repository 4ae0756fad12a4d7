import { entryModule } from '../../files/places.ts';
import type { Sections, StudySection } from '../../domain/plans/model-entries.ts';

/** Loads in a child process the parts of study files that its host reads. */
export const loadSections = (modules: readonly string[]): Promise<Sections> =>
  Promise.all(
    modules.map(async (module) => ((await import(entryModule(module))) as { studySection: StudySection }).studySection),
  );
