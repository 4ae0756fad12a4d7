import { expect, test, vi } from 'vitest';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { exampleProfile } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import { putProfile } from '../../../main/contributions/slurm/profiles.ts';
import { openClusters } from '../../../main/contributions/slurm/open-clusters.ts';
import { askStopOnClusters, stopOnClusters } from '../../../main/contributions/slurm/stop-study.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { classifierTask, newRun } from '../../executors/counting-tasks.ts';
import { study } from '../../storage/records.ts';
import { openLab } from '../../services/lab/lab-helper.ts';

test('stopping waits for the clusters on which the study has a run, one is enough, and opens no others', async () => {
  const { workbench } = openLab().lab;
  const { storage } = workbench;
  const example = clusterSchema.parse(JSON.parse(exampleProfile));
  for (const name of ['idle', 'lab', 'theirs']) putProfile(workbench, { ...example, name });
  const [own, other] = ['own', 'other'].map((name) => storage.studies.put(name, { ...study(name), name }, 1));
  const place = (studyId: number, seed: number, cluster: string): number => {
    const run = storage.runs.ensure(newRun(classifierTask(seed)), 1).id;
    const model = { modelName: 'm', group: 'diverse', repeat: 0, seed } as const;
    storage.studyRuns.link(studyId, `models/${seed}`, run, model, 1);
    storage.placements.placeRuns([run], cluster);
    const wanted = { engine: 'wasm', studyId, roles: null, place: cluster, limit: 9 } as const;
    expect(slurmPlacements(storage).take(`pack ${seed}`, wanted, 1, 2).flat()).toHaveLength(1);
    return run;
  };
  const run = place(own ?? 0, 1, 'lab');
  const theirs = place(other ?? 0, 2, 'theirs');
  expect(askStopOnClusters(workbench, 'own')).toBe(1);
  expect([run, theirs].map((id) => slurmPlacements(storage).get(id)?.toStop)).toEqual([true, false]);
  // In place of a scheduler: the run comes back once the executor follows it.
  const held: string[] = [];
  const released: string[] = [];
  vi.spyOn(openClusters(workbench), 'hold').mockImplementation(({ name }) => {
    held.push(name);
    const executor = {
      follow: () => void slurmPlacements(storage).giveBack(run, 'stopped', 3),
      idleFor: async (isIdle: () => boolean) => expect(isIdle()).toBe(true),
    };
    return { executor: executor as never, release: async () => void released.push(name) };
  });
  await stopOnClusters(workbench, 'own');
  expect([held, released]).toEqual([['lab'], ['lab']]);
  expect(slurmPlacements(storage).get(run)).toBeUndefined();
  expect(slurmPlacements(storage).get(theirs)?.cluster).toBe('theirs');
  await stopOnClusters(workbench, 'own');
  expect(held).toEqual(['lab']);
});
