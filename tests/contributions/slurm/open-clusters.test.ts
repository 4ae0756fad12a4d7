import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { exampleProfile } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import { saveProfile } from '../../../main/contributions/slurm/profiles.ts';
import { clusterTroubles } from '../../../main/contributions/slurm/trouble.ts';
import { openClusters } from '../../../main/contributions/slurm/open-clusters.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab } from '../../services/lab/lab-helper.ts';

function setUp() {
  const { lab } = openLab();
  const folder = temporaryFolder();
  const cluster = (change: object = {}) => {
    const here = join(folder, 'shared');
    mkdirSync(here, { recursive: true });
    return clusterSchema.parse({
      ...JSON.parse(exampleProfile),
      name: 'lab',
      reach: ['/no/such/program'],
      engine: 'wasm',
      folder: { here, there: null },
      ...change,
    });
  };
  const { workbench } = lab;
  saveProfile(workbench, JSON.stringify(cluster()), null);
  return { workbench, cluster, clusters: openClusters(workbench) };
}

test('a cluster with another folder or engine has one executor, also while a study holds the one before', async () => {
  const { workbench, cluster, clusters } = setUp();
  const before = clusters.hold(cluster());
  before.executor.follow();
  const stopped = vi.spyOn(before.executor, 'stop');
  saveProfile(workbench, JSON.stringify(cluster({ minutes: 10 })), 'lab');
  expect(clusters.hold(cluster({ minutes: 10 })).executor).toBe(before.executor);
  saveProfile(workbench, JSON.stringify(cluster({ engine: 'tensorflow' })), 'lab');
  expect(stopped).toHaveBeenCalled();
  const after = clusters.hold(cluster({ engine: 'tensorflow' }));
  expect(after.executor).not.toBe(before.executor);
  await before.release();
  expect(clusters.hold(cluster({ engine: 'tensorflow' })).executor).toBe(after.executor);
});

test('a database that fails is told as trouble, and the next study has the cluster again', async () => {
  const { workbench, cluster, clusters } = setUp();
  const before = clusters.hold(cluster());
  const full = Object.assign(new Error('The disk is full'), { code: 'storage.full' });
  const list = vi.spyOn(slurmPlacements(workbench.storage), 'list').mockImplementation(() => {
    throw full;
  });
  before.executor.follow();
  await expect(before.executor.broken).rejects.toBe(full);
  list.mockRestore();
  expect(clusterTroubles(workbench).list('lab')).toMatchObject([{ what: 'The disk is full' }]);
  const after = clusters.hold(cluster());
  expect(after.executor).not.toBe(before.executor);
  after.executor.follow();
  await after.executor.idleFor(() => slurmPlacements(workbench.storage).list('lab').length === 0);
  await vi.waitFor(() => expect(clusterTroubles(workbench).list('lab')).toEqual([]), { timeout: 30_000 });
});
