import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const weights = definePageParts({
  name: 'weights',
  parts: {
    'run.snapshot': later(async () => (await import('./downloads.tsx')).SnapshotWeights),
    'generator.weights': later(async () => (await import('./downloads.tsx')).GeneratorWeights),
  },
});
