import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Cluster } from '../../../main/contributions/slurm/profile/cluster.ts';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { runEnvironment } from '../../../main/files/environment.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { checkCluster, type CheckOptions } from '../../../main/contributions/slurm/check/check.ts';
import { CheckFolder } from '../../../main/contributions/slurm/check/check-job.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { jobEnded, openLab } from '../../services/lab/lab-helper.ts';
import { FakeCommands } from './fake-commands.ts';

/** A pretended cluster, and a check of it. */
function setUp(change: Partial<Cluster> = {}) {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const shared = join(folder, 'shared');
  const fake = new FakeCommands(join(folder, 'slurm'));
  const cluster = clusterSchema.parse({
    schema: 'boundary-workbench/cluster/1',
    name: 'lab',
    folder: { here: shared },
    product: repository,
    node: process.execPath,
    engine: 'wasm',
    memory: 1000,
    ...change,
  });
  const check = (options: Partial<CheckOptions> = {}) =>
    checkCluster({ environment: runEnvironment(repository), now: Date.now }, cluster, {
      launcher: new ForkLauncher(),
      run: fake.run,
      readEvery: 20,
      askEvery: 50,
      ...options,
    });
  /** The worst findings, as `about: what`. */
  const faults = async (options: Partial<CheckOptions> = {}): Promise<string> => {
    const { findings, state } = await check(options);
    const worst = findings.filter((finding) => finding.state === state && state !== 'ok');
    for (const finding of worst) expect(finding.remedy).not.toBe('');
    expect(readdirSync(shared)).toEqual([]);
    return worst.map(({ about, what, detail }) => [`${about}: ${what}`, detail].join('\n')).join('\n');
  };
  return { folder, shared, fake, check, faults };
}

test('a job trains, saves on USR1, is queued again, continues and finishes, with the bytes of this computer', async () => {
  const { fake, check, shared } = setUp({ partition: 'main', prepare: ['export PREPARED=1'] });
  const { findings, state, node } = await check();
  expect(findings.filter((finding) => finding.state !== 'ok')).toEqual([]);
  expect([...new Set(findings.map(({ about }) => about))]).toEqual([
    ...['commands', 'settings', 'partition', 'nodes', 'folder', 'job', 'product', 'node', 'memory', 'engine'],
    ...['training', 'requeue', 'bytes'],
  ]);
  const said = findings.map(({ what }) => what).join('\n');
  expect(said).toMatch(/saved on USR1, at step \d{2,}/);
  expect(said).toMatch(/queued again, continued at step \d{2,}, and finished/);
  expect(said).toContain('gives the same bytes on this computer');
  expect({ state, name: node?.name }).toEqual({ state: 'ok', name: 'n1' });
  expect(fake.calls).toContain('scontrol update JobId=7_0 StartTime=now');
  expect(readdirSync(shared)).toEqual([]);
});

test('what is wrong in the settings is named with the line of the profile, and with the words of Slurm', async () => {
  const missing = setUp();
  missing.fake.missing = 'sbatch';
  await expect(missing.check().then(({ findings }) => findings[0])).resolves.toMatchObject({
    about: 'commands',
    state: 'fault',
    what: 'The command sbatch does not exist on this computer',
    remedy: expect.stringContaining('`reach`'),
  });
  const refused = setUp({ partition: 'gpu', memory: 9000, tasksPerJob: 5000 });
  refused.fake.refusal = 'allocation failure: Invalid partition name specified';
  expect(await refused.faults()).toBe(
    [
      'settings: `tasksPerJob` is 5000, and the cluster takes at most 1001 tasks in a job (MaxArraySize)\n',
      'partition: The cluster has no partition "gpu", or you may not see it\nPartition gpu not found',
      'nodes: `memory` is 9000 MiB, and the largest node has 4000 MiB\n',
      'job: Slurm does not know the partition\nallocation failure: Invalid partition name specified',
    ].join('\n'),
  );
  const long = setUp({ partition: 'main', minutes: 5000 });
  long.fake.refusal = 'allocation failure: Requested time limit is invalid (missing or exceeds some limit)';
  expect(await long.faults()).toContain('`minutes` is 5000, and the partition main allows at most 1440');
  const held = setUp();
  held.fake.pending = 'JobHeldAdmin';
  expect(await held.faults()).toContain('job: The job will not begin: an administrator holds it');
});

test('a job that stays pending says why, and a check that is ended cancels it', async () => {
  const busy = setUp();
  busy.fake.pending = 'Priority';
  const notes: string[] = [];
  expect(await busy.faults({ patience: 200, onProgress: (note) => notes.push(note) })).toMatch(
    /job: The job did not begin within 0 min: other jobs come first.*\nSlurm's reason: Priority/,
  );
  expect(notes).toContain('Job 7 is pending: other jobs come first (Priority)');
  expect(busy.fake.calls).toContain('scancel 7');
  const ended = setUp();
  ended.fake.pending = 'Resources';
  const abort = new AbortController();
  const check = ended.check({ signal: abort.signal, onProgress: (note) => note.includes('pending') && abort.abort() });
  await expect(check).rejects.toThrow('abort');
  expect(ended.fake.calls.filter((call) => call.startsWith('scancel 7'))).toHaveLength(1);
  expect(readdirSync(ended.shared)).toEqual([]);
});

test('what is missing on a node is named: shared folder, modules, Node.js, product', async () => {
  const apart = setUp();
  apart.fake.nodeSees = { folder: apart.shared, as: join(apart.folder, 'elsewhere') };
  expect(await apart.faults()).toMatch(
    /folder: The job ended on node n1 \(FAILED\) without a word.*\nReason=RaisedSignal:53/,
  );
  const empty = setUp();
  const elsewhere = join(empty.folder, 'elsewhere');
  const login = setUp({ folder: { here: empty.shared, there: elsewhere } });
  expect(await login.check().then(({ findings }) => findings.at(-1)?.what)).toContain('The login node does not see');
  const module = setUp({ prepare: ['no-such-module load nodejs/24'], node: 'no-such-node' });
  const said = await module.faults();
  expect(said).toContain(
    'prepare: A line of `prepare` failed on node n1: exit code 127, from: no-such-module load nodejs/24',
  );
  expect(said).toContain('node: Node.js does not start on node n1: `no-such-node --version` fails');
  const old = setUp({ node: join(empty.folder, 'node') });
  mkdirSync(empty.folder, { recursive: true });
  writeFileSync(join(empty.folder, 'node'), '#!/bin/sh\necho v18.20.4\n', { mode: 0o755 });
  expect(await old.faults()).toContain('Node.js on node n1 is v18.20.4, and the Workbench needs 24 or newer');
  const bare = setUp({ product: empty.folder });
  expect(await bare.faults()).toContain(`product: Node n1 has no Boundary Workbench in ${empty.folder}`);
});

test('a cluster that queues no job again is named, with what scontrol said', async () => {
  const { fake, faults } = setUp();
  fake.settings.JobRequeue = '0';
  fake.allowsRequeue = false;
  const said = await faults();
  expect(said).toContain('requeue: The job saved its checkpoint, but was not queued again: scontrol refused it');
  expect(said).toContain('Requested operation is presently disabled');
});

test('a page checks a cluster as a job, and sees the outcome until the profile changes', async () => {
  const { client, lab } = openLab();
  const { shared } = setUp();
  const profile = {
    ...clusterSchema.parse({
      schema: 'boundary-workbench/cluster/1',
      name: 'lab',
      folder: { here: shared },
      product: '/nowhere',
      engine: 'wasm',
      reach: ['/no/such/program'],
    }),
  };
  await client.slurm.save({ text: JSON.stringify(profile), replaces: null });
  const { job } = await client.slurm.check({ name: 'lab' });
  expect(await jobEnded({ lab }, job)).toMatchObject({ state: 'done', kind: 'cluster-check' });
  const [state] = (await client.slurm.list({})).clusters;
  expect(state?.check).toMatchObject({ state: 'fault', findings: [{ about: 'commands', state: 'fault' }], node: null });
  await client.slurm.save({ text: JSON.stringify({ ...profile, memory: 2000 }), replaces: 'lab' });
  expect((await client.slurm.list({})).clusters[0]?.check).toBeNull();
});

test('only files of a bounded length are read of the folder of a check', async () => {
  const { folder } = setUp();
  const check = new CheckFolder(folder, folder);
  mkdirSync(join(folder, 'log'));
  writeFileSync(join(folder, 'token'), 'what the job must not be led to');
  symlinkSync(join(folder, 'token'), join(folder, 'notes.txt'));
  execFileSync('mkfifo', [join(folder, 'probe.json'), join(folder, 'log', '0.txt')]);
  await expect(check.notes()).resolves.toEqual(new Map());
  await expect(check.probe()).resolves.toBeNull();
  await expect(check.log()).resolves.toBe('');
  rmSync(join(folder, 'notes.txt'));
  writeFileSync(join(folder, 'notes.txt'), `node\tn1\n${'x'.repeat(3 * 2 ** 20)}`);
  await expect(check.notes()).resolves.toEqual(new Map([['node', ['n1']]]));
  expect((await check.read('notes.txt')).length).toBe(2 ** 20);
});
