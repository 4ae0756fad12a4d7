import { defineContribution } from '../define.ts';
import { fileReader } from './file-reader.ts';
import { keepReading } from './reading.ts';
import { storedModels } from './stored-models.ts';

/** Answers of people and models in files of any program: imports, panels, choices of test images by them, and exports. */
export const answers = defineContribution({
  name: 'answers',
  needs: ['formats', 'sessions'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  results: 'contributions/answers/results',
  offers: { answerFiles: fileReader, storedModels },
  opened: keepReading,
});
