import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AttemptLine, PackedRun } from '../../../main/contract/cluster.ts';
import { commandEnvironment } from '../../../main/executors/slurm/commands.ts';
import { jobScript } from '../../../main/executors/slurm/job-script.ts';
import { SharedFiles } from '../../../main/executors/slurm/shared-files.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { temporaryFolder } from '../../training/small-data.ts';
import { profile, training } from './cluster-setup.ts';

function setUp() {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'shared'));
  const blobs = new BlobStore(join(folder, 'data/blobs'));
  // Files of one name in two folders, as data sets often have them.
  const write = (part: string, text: string): string => {
    mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, part, 'images.gz'), text);
    return join(folder, part, 'images.gz');
  };
  const dataSet = {
    ...{ source: 'idx' as const, name: 'own', classes: ['a', 'b'] },
    ...{ trainImages: write('train', '1'), trainLabels: write('train-labels', '2') },
    ...{ testImages: write('test', '3'), testLabels: write('test-labels', '4') },
  };
  const files = (host: string): SharedFiles => new SharedFiles(profile(folder), host, blobs);
  const run = (number: number, checkpoint: string | null = null): PackedRun => ({
    ...{ run: number, label: 'MLP', engine: 'wasm', checkpoint },
    task: training({ dataSet, dataSetHash: 'd'.repeat(64) }, number),
  });
  return { folder, blobs, files, run, shared: (...path: string[]) => join(folder, 'shared', ...path) };
}

const packs = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;

test('packs go when nothing needs them, a data set with the last pack of it, and nothing of another host', async () => {
  const { blobs, files, run, shared } = setUp();
  const here = files('host-1');
  await here.check(false, 0);
  const checkpoint = blobs.put(Buffer.from('checkpoint'));
  await here.write(packs[0], [[run(1, checkpoint)]]);
  await here.write(packs[1], [[run(2)]]);
  await files('host-2').write(packs[0], [[run(1)]]);
  mkdirSync(shared('host-1/packs/notes-of-an-administrator'));
  const [packed] = here.pack(packs[1]).readTask(0).runs;
  if (packed?.task.kind !== 'classifier' || packed.task.dataSet.source !== 'idx') throw new Error('it was a training');
  const { trainImages, trainLabels, testImages, testLabels } = packed.task.dataSet;
  expect([trainImages, trainLabels, testImages, testLabels].map((path) => readFileSync(path, 'utf8'))).toEqual([
    ...['1', '2', '3', '4'],
  ]);
  expect(new BlobStore(here.pack(packs[0]).blobs(1)).isIntact(checkpoint)).toBe(true);

  expect(await here.tidy(() => [packs[1]])).toBe(true);
  expect(readdirSync(shared('host-1/packs')).sort()).toEqual([packs[1], 'notes-of-an-administrator']);
  expect(readFileSync(trainImages, 'utf8')).toBe('1');
  expect(readdirSync(shared('host-1/data'))).toHaveLength(1);
  expect(await here.tidy(() => [])).toBe(true);
  expect(readdirSync(shared('host-1/data'))).toEqual([]);
  expect(existsSync(shared('host-2/packs', packs[0], 'pack.jsonl'))).toBe(true);
  expect(readdirSync(shared('host-2/data'))).toHaveLength(1);
});

test('a checkpoint that its worker deleted is left out; one that does not show yet is waited for', async () => {
  const { blobs, files, run } = setUp();
  const here = files('host-1');
  await here.write(packs[0], [[run(1)]]);
  const pack = here.pack(packs[0]);
  const store = new BlobStore(pack.blobs(1));
  const [early, late] = ['early', 'late'].map((text) => store.put(Buffer.from(text)));
  const lines = [early, late].map(
    (hash, step): AttemptLine => ({ at: 1, event: { type: 'checkpoint', step, hash: hash ?? '' } }),
  );
  store.remove(early ?? '');
  const fetch = (some: AttemptLine[], isSuperseded: boolean) =>
    here.fetch(packs[0], 1, some, () => Promise.resolve(isSuperseded));
  expect(await fetch(lines.slice(0, 1), true)).toEqual([]);
  expect(await fetch(lines, false)).toEqual(lines.slice(1));
  expect(blobs.isIntact(late ?? '')).toBe(true);
  await expect(fetch(lines.slice(0, 1), false)).rejects.toMatchObject({ code: 'cluster.file-unreadable' });
  // Half of it is here.
  const path = store.path(store.put(Buffer.from('snapshot')));
  const hash = path.slice(-64);
  writeFileSync(path, 'snap');
  const snapshot = { target: 90, step: 1, errors: 1, testCount: 10, accuracy: 90, weights: hash };
  await expect(fetch([{ at: 1, event: { type: 'snapshot', snapshot } }], true)).rejects.toMatchObject({
    code: 'cluster.file-unreadable',
  });
  expect(blobs.has(hash)).toBe(false);
  expect(existsSync(path)).toBe(true);
});

test('an empty folder in place of the shared one is not taken for it once there are jobs', async () => {
  const { files, shared } = setUp();
  const here = files('host-1');
  expect(await here.check(false, 60_000)).toBeNull();
  expect(readFileSync(shared('host-1/README.txt'), 'utf8')).toContain('Boundary Workbench');
  expect(await here.check(true, 60_000)).toBeNull();
  renameSync(shared(), `${shared()}-away`);
  mkdirSync(shared());
  await expect(here.check(true, 60_000)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(here.error(await here.check(true, 60_000).catch((error: unknown) => error))).toMatchObject({
    code: 'cluster.folder-missing',
  });
  expect(readdirSync(shared())).toEqual([]);
});

test('the script of a job is short and plain', () => {
  const { folder } = setUp();
  const cluster = {
    ...{
      ...profile(folder),
      product: '/opt/boundary workbench',
      node: 'node',
      partition: 'cpu',
      minutes: 240,
      atOnce: 20,
    },
    ...{ memory: 4000, prepare: ['module load nodejs/24'], cache: null },
  };
  const script = jobScript({ cluster, name: 'boundary-1a2b3c4d', pack: '/scratch/ada/host/packs/one', tasks: 60 });
  expect(script).toBe(`#!/bin/bash
#SBATCH --job-name=boundary-1a2b3c4d
#SBATCH --array=0-59%20
#SBATCH --partition=cpu
#SBATCH --cpus-per-task=1
#SBATCH --mem=4000M
#SBATCH --time=240
#SBATCH --open-mode=append
#SBATCH --output=/scratch/ada/host/packs/one/log/%a.txt
#SBATCH --signal=B:USR1@120
#SBATCH --requeue

# Boundary Workbench: each task does the runs in its line of pack.jsonl, one after the other, and skips those that are done.
# USR1 (the time limit is near) or TERM: it saves a checkpoint and ends. Started again, it continues from there.
# What it did is in attempts/; what it made is in blobs/ until the computer that submitted the job has fetched it.
module load nodejs/24
cd '/opt/boundary workbench' || exit 1
entry=main/training/worker/pack.ts
[ -e "$entry" ] || entry=out/main/training/worker/pack.js
exec node "$entry" /scratch/ada/host/packs/one "$SLURM_ARRAY_TASK_ID"
`);
});

test('a command for the cluster gets no variable that only this computer needs', () => {
  const given = { PATH: '/bin', SLURM_CONF: '/etc/slurm.conf', MODULEPATH: '/m', LC_ALL: 'C', SSH_AUTH_SOCK: '/run/a' };
  expect(
    commandEnvironment({ ...given, BOUNDARY_TOKEN: 'x', AWS_SECRET_ACCESS_KEY: 'x', http_proxy: 'http://a:b@c' }),
  ).toEqual(given);
});
