import type { AnswerFilesOf } from '../../services/tools/workbench.ts';
import { findStudy } from '../../services/tools/find.ts';
import { placesOf } from '../../services/tools/places.ts';
import { withReading } from './reading.ts';

/** What the core has read in files. Code is loaded with the first. */
export const fileReader: AnswerFilesOf = (workbench, launcher) => {
  const tools = { workbench, launcher };
  return {
    provide: async (...asked) => (await import('./provide-labels.ts')).provideLabels(tools, ...asked),
    previewModels: (study, { path, name }, wanted) =>
      withReading(tools, (reading) =>
        reading.ask('previewAnswers', { ...placesOf(workbench), path, name, study, wanted }, { path, name }),
      ),
    addModels: async (study, { path, name }, mapping) => {
      const { addModels } = await import('./models/add-models.ts');
      const asked = { ...placesOf(workbench), path, name, study, mapping };
      const read = await withReading(tools, (reading) => reading.ask('readAnswers', asked, { path, name }));
      return addModels(workbench, findStudy(workbench, study), name, read);
    },
    makeStudy: async (changes, ...asked) =>
      (await import('./toolbox/command.ts')).makeFromToolbox({ ...tools, changes }, ...asked),
  };
};
