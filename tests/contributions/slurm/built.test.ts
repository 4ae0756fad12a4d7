import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { weightsOf } from '../../../main/contributions/slurm/check/check-bytes.ts';
import { CheckFolder, runs } from '../../../main/contributions/slurm/check/check-job.ts';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { buildProgram } from '../../hosts/electron/program.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('a job on a cluster starts from a build as it does from the sources', async () => {
  const program = await buildProgram();
  onTestFinished(() => program.remove());
  const places = temporaryFolder();
  const product = join(places, 'product');
  mkdirSync(product);
  symlinkSync(program.folder, join(product, 'out'));
  const shared = join(places, 'shared');
  const cluster = clusterSchema.parse({
    schema: 'boundary-workbench/cluster/1',
    name: 'lab',
    folder: { here: shared },
    product,
    node: process.execPath,
    engine: 'wasm',
    cache: join(places, 'cache of nodes'),
  });
  const folder = new CheckFolder(shared, shared);
  await folder.write(cluster);
  await folder.pack.requestStop(runs.long);
  await folder.writeScript(cluster, 'check');
  const env = { ...process.env, SLURM_ARRAY_TASK_ID: '0' };
  const { status, stderr } = spawnSync('bash', [join(shared, 'job.sh')], { env, encoding: 'utf8' });
  expect({ status, entry: (await folder.notes()).get('entry') }, stderr).toEqual({
    status: 0,
    entry: ['out/main/contributions/slurm/tasks/pack-child.js'],
  });
  expect((await folder.probe())?.engine.works).toBe(true);
  expect(weightsOf((await folder.attempts(runs.short)).at(-1) ?? [])).toMatch(/^[0-9a-f]{64}$/);
});
