import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { repository } from '../../architecture/tools.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { addSmallStudy, openLab } from '../../services/lab/lab-helper.ts';
import { type CalledHost, callHost } from '../../services/labeling/host-client.ts';
import { smallStudy } from '../../services/study/small-study.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const faults = pathToFileURL(join(import.meta.dirname, 'faults.mjs')).href;

/** The real host in a process of its own, which fails where a signal asks it to. */
async function start(dataFolder: string): Promise<CalledHost> {
  const host = await callHost(dataFolder, { NODE_OPTIONS: `--import=${faults}` });
  onTestFinished(async () => {
    host.process.kill('SIGKILL');
    host.close();
    await host.ended;
  });
  return host;
}

const notices = async ({ client }: CalledHost): Promise<string[]> => (await client.app.info({})).notices;

test.skipIf(process.platform === 'win32')(
  'a promise that rejects and has no owner is logged, pages hear of it once, and the host goes on',
  async () => {
    const host = await start(join(temporaryFolder(), 'data'));
    expect(await notices(host)).toEqual([]);
    const changes = await host.client.changes.listen({ after: null });
    expect((await changes.next()).value).toMatchObject({ type: 'hello' });
    for (let times = 0; times < 2; times++) host.process.kill('SIGUSR2');
    expect((await changes.next()).value).toMatchObject({ changes: [{ topic: 'app' }] });
    expect(await notices(host)).toEqual([expect.stringContaining('a promise that nobody owns')]);
    await expect.poll(host.errors).toMatch(/Error: a promise that nobody owns\n\s+at .*faults\.mjs/);
    expect(await host.client.studies.list({})).toMatchObject({ studies: [] });
    host.process.kill('SIGINT');
    await host.ended;
    expect(host.process.exitCode).toBe(0);
  },
);

test.skipIf(process.platform === 'win32')(
  'an error that nothing catches ends the host in order: trainings save checkpoints, and the data folder is closed',
  async () => {
    const dataFolder = join(temporaryFolder(), 'data');
    const test = openLab(dataFolder);
    const [model] = (smallStudy() as { models: { recipe: object }[] }).models;
    const recipe = { ...model?.recipe, optimiser: { stepSize: 1e-9 }, maxEpochs: 10_000 };
    const study = addSmallStudy(test, { models: [{ ...model, recipe }] });
    await test.lab.close();
    const host = await start(dataFolder);
    await host.client.work.start({ study, goal: 'models' });
    const trained = async () => (await host.client.runs.table({ study })).rows[0]?.progress?.done ?? 0;
    await expect.poll(trained).toBeGreaterThan(0);
    host.process.kill('SIGWINCH');
    await host.ended;
    expect(host.process.exitCode).toBe(1);
    expect(host.errors()).toMatch(/Error: thrown where nobody catches\n\s+at .*faults\.mjs/);
    expect(host.errors()).toContain('Start it again');
    const storage = openStorage(dataFolder, { readOnly: true });
    onTestFinished(() => storage.close());
    const [run] = storage.runs.list();
    expect(run?.state).toBe('interrupted');
    expect(storage.runHistory.attempts(run?.id ?? 0).at(-1)?.outcome).toBe('stopped');
    expect(storage.runHistory.checkpoints(run?.id ?? 0)).not.toEqual([]);
  },
);

test('a link to nothing among the backups stops nobody', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  mkdirSync(join(dataFolder, 'backups'), { recursive: true });
  symlinkSync(join(dataFolder, 'nothing'), join(dataFolder, 'backups', 'workbench-20260101T000000000Z.sqlite'));
  const first = await start(dataFolder);
  await first.client.app.info({});
  first.process.kill('SIGINT');
  await first.ended;
  expect(first.process.exitCode).toBe(0);
  // A database that is there is backed up at the start.
  const second = await start(dataFolder);
  expect(await notices(second)).toEqual([]);
  expect(readdirSync(join(dataFolder, 'backups'))).toHaveLength(2);
});

test.skipIf(process.platform === 'win32')('a host goes on when nobody reads what it prints any more', async () => {
  const entry = join(repository, 'main', 'hosts', 'browser', 'index.ts');
  const host = spawn(process.execPath, [entry, '--no-open', '--data', join(temporaryFolder(), 'data')]);
  onTestFinished(() => void host.kill('SIGKILL'));
  const ended = once(host, 'exit');
  const [printed] = (await once(host.stdout.setEncoding('utf8'), 'data')) as [string];
  const address = /http:\/\/[^/\s]+/.exec(printed)?.[0] ?? '';
  for (const stream of [host.stdout, host.stderr]) stream.destroy();
  for (let times = 0; times < 5; times++) {
    host.stdin.write('\n');
    expect((await fetch(address)).status).toBeGreaterThan(0);
  }
  host.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});
