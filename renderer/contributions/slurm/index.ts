import { definePageParts } from '../define.ts';
import { ClustersPanel } from './clusters-panel.tsx';
import { ClusterFacts, TaskLog } from './run-parts.tsx';
import './slurm.css';

export const slurm = definePageParts({
  name: 'slurm',
  parts: {
    'machine.section': ClustersPanel,
    'run.cluster': ClusterFacts,
    'run.output': TaskLog,
  },
});
