import { definePageParts } from '../define.ts';
import { GeneratorWeights, SnapshotWeights } from './downloads.tsx';

export const weights = definePageParts({
  name: 'weights',
  parts: { 'run.snapshot': SnapshotWeights, 'generator.weights': GeneratorWeights },
});
