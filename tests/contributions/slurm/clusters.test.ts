import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { exampleProfile, readProfileText } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import { putProfile } from '../../../main/contributions/slurm/profiles.ts';
import { clusterTroubles } from '../../../main/contributions/slurm/trouble.ts';
import { studyProgress } from '../../../main/services/study/progress.ts';
import { stepSummaries } from '../../../main/services/pipeline/elsewhere.ts';
import { planModelRuns, queueModels } from '../../../main/services/queue/queue.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { studyWorkers } from '../../../main/services/queue/workers.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { folderOfRun, madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSmallStudy, jobEnded, openLab } from '../../services/lab/lab-helper.ts';
import { smallModels } from '../../services/study/small-study.ts';

const profile = (change: object = {}): string =>
  JSON.stringify({ ...clusterSchema.parse(JSON.parse(exampleProfile)), name: 'lab', ...change }, null, 2);

const problems = (text: string): string[] => readProfileText(text).problems.map(({ line, what }) => `${line}: ${what}`);

test('a profile that is wrong is refused line by line, in words', () => {
  expect(readProfileText(exampleProfile).problems).toEqual([]);
  expect(problems('{\n  "schema": 1,\n')).toEqual([
    '2: This is not JSON: look for a missing comma, quote or bracket here or on the line before.',
  ]);
  expect(problems('[]')).toEqual(['1: A profile begins with { and ends with }, with a line for each setting.']);
  const wrong = exampleProfile
    .replace('"minutes": 240', '"minutes": 1')
    .replace('"here": "/home/ada/cluster/boundary"', '"here": "boundary"')
    .replace('  "partition": "main",', '  "partition": "--wrap=evil",\n  "password": "x",')
    .replace('  "product": "/scratch/ada/boundary-workbench",\n', '')
    .replace('["module load nodejs/24"]', '["one\\ntwo"]');
  expect(problems(wrong)).toEqual([
    '5: “folder.here” has to be an absolute path. Shared folder. here: its path on this computer; there: on login and compute nodes, or null: the same.',
    '6: “prepare” has to be one line. Lines before Node starts. Of the job’s script, such as ["module load nodejs/24"].',
    '9: “partition” has to be a name as Slurm has it, without spaces. Partition. --partition; null: the default one.',
    '10: “password” is no setting of a profile.',
    '16: “minutes” does not fit. Time limit of a task (minutes), from 5 to 100,000. --time. Short ones start sooner; longer trainings continue in the next.',
    '19: “product” is missing. Program on the nodes. The folder with package.json.',
  ]);
  for (const hostile of ['', 'null', '"x"', '{"__proto__": {"name": "x"}}', `{"name": ${'['.repeat(20_000)}`, '\0'])
    expect(problems(hostile).length).toBeGreaterThan(0);
  expect(problems('x'.repeat(70_000))).toEqual(['1: The text is longer than 64 KiB.']);
});

test('clusters are added, changed and removed, and a damaged file says why it is none', async () => {
  const { client, dataFolder, lab } = openLab();
  expect(await client.slurm.list({})).toEqual({ clusters: [], damaged: [] });
  expect(await client.slurm.save({ text: profile(), replaces: null })).toEqual({ name: 'lab' });
  const refusal = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'done',
      (error: { data?: { code?: string } }) => error.data?.code,
    );
  expect(await refusal(client.slurm.save({ text: profile(), replaces: null }))).toBe('cluster.exists');
  expect(await refusal(client.slurm.save({ text: profile({ name: 'x' }), replaces: 'lab' }))).toBe('cluster.renamed');
  expect(await refusal(client.slurm.save({ text: '{', replaces: null }))).toBe('cluster.not-valid');
  await client.slurm.save({ text: profile({ partition: 'fast' }), replaces: 'lab' });
  mkdirSync(join(dataFolder, 'clusters'), { recursive: true });
  writeFileSync(join(dataFolder, 'clusters', 'broken.json'), '{\n');
  writeFileSync(join(dataFolder, 'clusters', 'copy.json'), profile());
  const { clusters, damaged } = await client.slurm.list({});
  expect(clusters).toMatchObject([
    { profile: { name: 'lab', partition: 'fast' }, pending: 0, running: 0, troubles: [] },
  ]);
  expect(damaged).toMatchObject([
    { file: 'broken.json', why: expect.stringContaining('line 1: This is not JSON'), text: '{\n' },
    { file: 'copy.json', why: 'The file of the cluster "lab" has the name of another one' },
  ]);
  await client.slurm.save({ text: profile({ name: 'broken' }), replaces: null });
  await client.slurm.removeDamaged({ file: 'copy.json' });
  await client.slurm.removeDamaged({ file: '../workbench.sqlite' });
  await client.slurm.remove({ name: 'broken' });
  expect(await client.slurm.list({})).toMatchObject({ clusters: [{ profile: { name: 'lab' } }], damaged: [] });
  expect(lab.workbench.storage.health().problems ?? []).toEqual([]);
});

test('a cluster that is added while a study is at work takes runs too, until the study ends', async () => {
  const { client, lab } = openLab();
  const of = { studyId: 1, roles: null, engines: ['wasm' as const], workers: 1, launcher: new ForkLauncher() };
  const [first, second] = [studyWorkers(lab.workbench, of), studyWorkers(lab.workbench, of)];
  first.start();
  second.start();
  await second.stop();
  const { storage } = lab.workbench;
  const before = storage.runs.onClaimable.bind(storage.runs);
  let claiming = 0;
  storage.runs.onClaimable = (listener) => {
    claiming += 1;
    return before(listener);
  };
  await client.slurm.save({ text: profile(), replaces: null });
  await client.slurm.save({ text: profile({ minutes: 10 }), replaces: 'lab' });
  // An executor listens for runs once it has started.
  expect(claiming).toBe(1);
  // Another engine is used at once: by another executor.
  await client.slurm.save({ text: profile({ engine: 'tensorflow' }), replaces: 'lab' });
  expect(claiming).toBe(2);
  await first.stop();
  await client.slurm.save({ text: profile({ name: 'other' }), replaces: null });
  expect(claiming).toBe(2);
});

const study = 'small';

/** A lab with three trainings that are queued, and two clusters: "lab", and "cards" with another engine. */
async function queued() {
  const dataFolder = join(temporaryFolder(), 'data');
  await madeOnce('queued-for-clusters', dataFolder, async (made) => {
    const test = openLab(made);
    const { client, lab } = test;
    const usual = { architecture: smallModels.mlp, optimiser: { stepSize: 2e-3 }, batch: 32 };
    const recipe = { ...usual, targets: [80], maxEpochs: 2 };
    const models = [1, 2, 3].map((seed) => ({ name: `MLP${seed}`, group: 'diverse', recipe, seed }));
    addSmallStudy(test, { models, engine: 'wasm' }, folderOfRun('queued-set'));
    // The data set is read by a first start, which the reference and generator need not end for.
    const { job } = await client.work.start({ study, goal: 'models' });
    const record = findStudy(lab.workbench, study);
    await vi.waitFor(() => expect(planModelRuns(lab.workbench, record)).toHaveLength(3), { timeout: 60_000 });
    await client.work.stop({ study });
    await jobEnded(test, job);
    if (!(await client.runs.table({ study })).ids.length) await queueModels(lab.workbench, record);
    await lab.close();
  });
  const test = openLab(dataFolder);
  const { client, lab } = test;
  await client.slurm.save({ text: profile(), replaces: null });
  await client.slurm.save({ text: profile({ name: 'cards', engine: 'webgpu' }), replaces: null });
  const { ids } = await client.runs.table({ study });
  expect(ids).toHaveLength(3);
  return { test, client, lab, ...lab.workbench, record: findStudy(lab.workbench, study), ids };
}

/** The same on the cluster "lab": the first run is there and runs, the second waits there, the third is to be submitted. */
async function placed() {
  const bed = await queued();
  const { client, storage, record, ids, now, environment } = bed;
  expect(await client.clusters.placeStudy({ study, place: 'lab' })).toEqual({ moved: expect.any(Number), staying: 0 });
  const wanted = { engine: 'wasm', studyId: record.id, roles: ['models/*'], place: 'lab', limit: 2 } as const;
  expect(slurmPlacements(storage).take('pack', wanted, 1, now())).toHaveLength(2);
  slurmPlacements(storage).submitted('pack', '7');
  const task = { job: '7', state: 'running', reason: null, node: 'n1', endsAt: now() + 60_000 } as const;
  const waits = { ...task, task: 1, state: 'pending', reason: 'Priority', node: null, endsAt: null } as const;
  slurmPlacements(storage).observe(['7'], [{ ...task, task: 0 }, waits], now());
  const attempt = { environment, engine: 'wasm', job: '7', restart: 2, checkpoint: null } as const;
  const secondsLeft = (workers: number) => studyProgress(bed.lab, record, workers).secondsLeft;
  const beforeAttempt = secondsLeft(2);
  slurmPlacements(storage).replay(at(ids, 0), 1, [{ at: 0, attempt }], 10, { since: 0, now: now() });
  const rows = async () => new Map((await client.runs.table({ study })).rows.map((row) => [row.id, row]));
  const step = async () => (await client.overview.get({ study })).steps.find((each) => each.step === 'models');
  return { ...bed, task, waits, beforeAttempt, secondsLeft, rows, step };
}

test('trainings go to a cluster that has the engine of their study', async () => {
  const { client } = await queued();
  expect(await client.clusters.ofStudy({ study })).toEqual({
    place: null,
    clusters: [
      { name: 'cards', obstacle: 'The study asks for the engine wasm, and the cluster cards has webgpu' },
      { name: 'lab', obstacle: null },
    ],
  });
  await expect(client.clusters.placeStudy({ study, place: 'cards' })).rejects.toMatchObject({
    data: { code: 'cluster.other-engine' },
  });
  await expect(client.clusters.placeStudy({ study, place: 'nowhere' })).rejects.toMatchObject({
    data: { code: 'cluster.not-found' },
  });
});

test('what is on a cluster counts in the progress of its study', async () => {
  const { storage, record, beforeAttempt, secondsLeft } = await placed();
  // What waits for a search of candidates does not wait for trainings that are there.
  expect(slurmPlacements(storage).count(record.id, 'lab', ['candidates*'])).toBe(0);
  expect(slurmPlacements(storage).count(record.id, 'lab', ['models/*'])).toBe(2);
  expect(beforeAttempt).toBeNull();
  // One at a time works there, however many workers this computer has.
  expect(secondsLeft(2)?.seconds).toBeCloseTo(secondsLeft(8)?.seconds ?? 0, 6);
});

test('runs and steps say what a cluster does, and what is wrong with it', async () => {
  const { client, lab, storage, now, ids, task, waits, rows, step } = await placed();
  // Nothing here works on the study; the cluster does.
  expect((await rows()).get(at(ids, 0))).toMatchObject({
    state: 'running',
    cluster: 'lab',
    node: 'n1',
    there: { job: '7', task: 0, state: 'running', restarts: 2, endsAt: task.endsAt },
  });
  expect((await rows()).get(at(ids, 1))).toMatchObject({
    state: 'queued',
    cluster: 'lab',
    node: null,
    there: { state: 'pending', reason: 'Priority', restarts: 0 },
  });
  expect((await rows()).get(at(ids, 2))).toMatchObject({ state: 'unstarted', cluster: 'lab', there: null });
  const table = await client.runs.table({ study, filter: { states: ['queued'] } });
  expect(table).toMatchObject({ ids: [at(ids, 1)], onClusters: true });
  const words = '1 running on lab; 1 queued there: other jobs come first.';
  expect(await step()).toMatchObject({ state: 'running', reasons: [words] });
  const trouble = { what: 'sbatch failed: no route', where: 'cluster lab', remedy: 'Check the network.' };
  clusterTroubles(lab.workbench).set(
    'lab',
    'login',
    new UserError('cluster.no-answer', trouble.what, trouble.where, trouble.remedy),
  );
  expect(await step()).toMatchObject({
    state: 'running',
    reasons: ['Cluster lab: sbatch failed: no route. Check the network.', words],
    more: [{ label: 'Show the clusters', link: '/machine' }],
  });
  expect((await client.slurm.list({})).clusters[1]).toMatchObject({ troubles: [{ part: 'login', ...trouble }] });
  clusterTroubles(lab.workbench).set('lab', 'login', null);
  const isHeld = { ...waits, state: 'held', reason: 'JobHeldUser' } as const;
  slurmPlacements(storage).observe(['7'], [{ ...task, task: 0 }, isHeld], now());
  expect((await rows()).get(at(ids, 1))).toMatchObject({ state: 'queued', there: { state: 'held' } });
  expect((await step())?.reasons.at(-1)).toBe('1 running on lab; 1 queued there: a user holds it.');
  slurmPlacements(storage).observe(['7'], [{ ...task, task: 0 }, waits], now());
  const { state, steps } = await stepSummaries(lab.workbench, study);
  expect({ state, ...steps.find((each) => each.step === 'models') }).toMatchObject({
    state: 'running',
    // A run that was heard of now is one that another process works on.
    reasons: [`${words.slice(0, -1)}; 1 run to be submitted there.`],
  });
  const [ran] = (await client.runs.get({ id: at(ids, 0) })).attempts.slice(-1);
  expect(ran?.environment.cluster).toEqual({ name: 'lab', job: '7', task: 0 });
  expect(await client.slurm.list({})).toMatchObject({
    clusters: [
      { profile: { name: 'cards' }, studies: [] },
      { profile: { name: 'lab' }, pending: 1, running: 1, studies: [study] },
    ],
  });
});

test('a study that is deleted takes its runs back from a cluster before their rows can go', async () => {
  const { client, storage, ids } = await placed();
  const toStop = () =>
    slurmPlacements(storage)
      .list('lab')
      .map((each) => each.toStop);
  expect(toStop()).toEqual([false, false]);
  await expect(client.runs.delete({ study, ids: [at(ids, 1)] })).rejects.toMatchObject({
    data: { code: 'runs.not-deletable' },
  });
  await client.studies.setDeleted({ study, deleted: true });
  expect(toStop()).toEqual([true, true]);
  await expect(client.studies.purge({ study })).rejects.toMatchObject({
    data: { code: 'study.at-work', what: '2 runs of the study are still on a cluster' },
  });
});

test('chosen trainings come back from a cluster; one that is in use stays', async () => {
  const { test, client, lab, storage, now, ids } = await placed();
  let claimable = 0;
  storage.runs.onClaimable(() => (claimable += 1));
  // Those that are there save a checkpoint and come back.
  expect(await client.runs.place({ study, ids, place: null })).toEqual({ moved: 3, staying: 0 });
  expect(
    slurmPlacements(storage)
      .list('lab')
      .map(({ toStop }) => toStop),
  ).toEqual([true, true]);
  expect(claimable).toBeGreaterThan(0);
  for (const [change, code] of [
    [{ folder: { here: '/elsewhere', there: null } }, 'cluster.in-use'],
    [{ engine: 'tensorflow' }, 'cluster.in-use'],
  ] as const)
    await expect(client.slurm.save({ text: profile(change), replaces: 'lab' })).rejects.toMatchObject({
      data: { code },
    });
  const moved = clusterSchema.parse(JSON.parse(profile({ engine: 'tensorflow' })));
  expect(() => putProfile(lab.workbench, moved)).toThrow('"engine" cannot be changed');
  await client.slurm.save({ text: profile({ minutes: 10 }), replaces: 'lab' });
  await expect(client.slurm.remove({ name: 'lab' })).rejects.toMatchObject({
    data: { code: 'cluster.in-use', what: '2 runs are on this cluster' },
  });
  claimable = 0;
  slurmPlacements(storage).giveBack(at(ids, 1), 'it had not begun', now());
  expect(claimable).toBe(1);
  expect(await client.slurm.giveUp({ name: 'lab' })).toEqual({ runs: 1 });
  expect(slurmPlacements(storage).count()).toBe(0);
  expect(storage.runs.state(at(ids, 0))).toBe('interrupted');
  await expect(client.slurm.remove({ name: 'lab' })).rejects.toMatchObject({
    data: { code: 'cluster.in-use', what: `Trainings of ${study} run on this cluster` },
  });
  await client.clusters.placeStudy({ study, place: null });
  await client.slurm.remove({ name: 'lab' });
  expect((await client.slurm.list({})).clusters).toHaveLength(1);
  storage.runs.cancel(at(ids, 0), now());
  expect(await client.runs.place({ study, ids: [at(ids, 0)], place: null })).toEqual({ moved: 1, staying: 0 });
  expect(test.defects).toEqual([]);
});
