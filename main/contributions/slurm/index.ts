import { defineContribution } from '../define.ts';
import { slurmClusters } from './clusters.ts';
import { clusterTroubles } from './trouble.ts';

/** Trainings on Slurm clusters. */
export const slurm = defineContribution({
  name: 'slurm',
  calls: () => import('./calls.ts'),
  offers: { clusters: slurmClusters },
  commands: () => import('./commands.ts'),
  settings: async () => ({ 'a cluster': (await import('./profile/cluster-profile.ts')).clusterSettings }),
  opened: (lab) => {
    const unlisten = clusterTroubles(lab.workbench).onChange(() => lab.changes.publish('clusters'));
    return {
      close: async () => {
        unlisten();
        const { checksOf } = await import('./checks.ts');
        await checksOf(lab).close();
      },
    };
  },
});
