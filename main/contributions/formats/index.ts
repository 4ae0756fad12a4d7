import { defineContribution } from '../define.ts';
import { moved } from './moved.ts';
import { kindOf } from './sources/kinds.ts';

/** Data sets as others store them: folders and zips of image files, NumPy archives, CIFAR's binary files. */
export const formats = defineContribution({
  name: 'formats',
  offers: {
    dataSources: {
      describe: kindOf,
      moved,
      read: async (...asked) => (await import('./study-images.ts')).readForStudy(...asked),
    },
  },
});
