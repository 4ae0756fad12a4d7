import type { TakenStimuli } from '../../services/workbench/index.ts';
import { defineContribution } from '../define.ts';

/** Stimulus sets as files, out of a study and into it, and the sets that a study used before. */
export const sets = defineContribution({
  name: 'sets',
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  offers: {
    stimulusSources: [
      {
        source: 'imported',
        freeze: async (...asked) => (await import('./freeze.ts')).freezeImported(...asked),
      } satisfies TakenStimuli<'imported'>,
    ],
  },
});
