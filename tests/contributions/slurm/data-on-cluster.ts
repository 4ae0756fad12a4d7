import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { exampleProfile } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { dataWithManyRuns } from '../../renderer/models/models-data.ts';
import { environment } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

export const profile = (change: object): string =>
  JSON.stringify({ ...clusterSchema.parse(JSON.parse(exampleProfile)), ...change });

/** A study with runs on the cluster lab that run there, wait there, are held there and are to be submitted. */
export function dataOnCluster(): string {
  const folder = temporaryFolder();
  const dataFolder = dataWithManyRuns(folder, 60);
  mkdirSync(join(dataFolder, 'clusters'));
  writeFileSync(join(dataFolder, 'clusters', 'broken.json'), '{\n  "name": "broken",\n');
  const shared = { here: join(folder, 'shared'), there: null };
  writeFileSync(
    join(dataFolder, 'clusters', 'lab.json'),
    profile({ name: 'lab', folder: shared, engine: 'wasm', reach: ['/no/such/program', 'ssh'] }),
  );
  const storage = openStorage(dataFolder);
  const study = at(storage.studies.list(), 0);
  const again = storage.runs.list({ studyId: study.id, states: ['done'], kinds: ['classifier'] }).slice(0, 6);
  for (const { id } of again) storage.runs.redo(id, 1);
  storage.placements.placeRuns(
    again.slice(0, 5).map(({ id }) => id),
    'lab',
  );
  const wanted = { engine: 'wasm', studyId: study.id, roles: null, place: 'lab', limit: 3 } as const;
  const [first = [], ...others] = slurmPlacements(storage).take('pack-1', wanted, 1, 1);
  slurmPlacements(storage).submitted('pack-1', '815');
  const node = { state: 'running', reason: null, node: 'node017', endsAt: Date.now() + 83 * 60_000 } as const;
  const reasons = ['Priority', 'launch failed requeued held'];
  slurmPlacements(storage).observe(
    ['815'],
    [
      { ...node, job: '815', task: 0 },
      ...others.map((_, index) => ({
        job: '815',
        task: index + 1,
        node: null,
        endsAt: null,
        state: index === 0 ? ('pending' as const) : ('held' as const),
        reason: reasons[index] ?? null,
      })),
    ],
    1,
  );
  const attempt = { environment, engine: 'wasm', job: '815', restart: 1, checkpoint: null } as const;
  slurmPlacements(storage).replay(at(first, 0).run, 1, [{ at: 1, attempt }], 10, { since: 0, now: Date.now() });
  const log = join(folder, 'shared', 'host-1', 'packs', 'pack-1', 'log');
  mkdirSync(log, { recursive: true });
  writeFileSync(join(log, '0.txt'), 'node017 began\n');
  storage.settings.set('host', 'host-1', 1);
  storage.close();
  return dataFolder;
}
