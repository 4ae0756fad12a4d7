import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const slurm = definePageParts({
  name: 'slurm',
  parts: {
    'machine.section': later(async () => (await import('./clusters-panel.tsx')).ClustersPanel),
    'run.cluster': later(async () => (await import('./run-parts.tsx')).ClusterFacts),
    'run.output': later(async () => (await import('./run-parts.tsx')).TaskLog),
  },
});
