import { readFileSync, statSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { sha256 } from '../../../main/files/blobs.ts';
import { ForkLauncher, type Launcher } from '../../../main/processes/launcher.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { removeUnfinishedImports } from '../../../main/services/workbench/hidden-import.ts';
import { piecesOf } from '../../../main/contributions/archives/pieces.ts';
import { readArchive } from '../../../main/contributions/archives/read-archive.ts';
import { noProgress } from '../../../main/services/tools/jobs.ts';
import type { ArchivePiece } from '../../../main/contributions/archives/storage/pieces.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { dumpStudy } from '../../services/study/study-dump.ts';
import { benchWithSample, filesOf, jsonOf, newBench, rowCounts, samplePath } from './archive-helper.ts';
import { archivesOf } from '../../../main/contributions/archives/storage/archives.ts';

const noSessions = { completed: [], sessions: { added: 0, here: 0, withdrawn: 0 }, stillHere: [], lock: null };

test('a study comes out of its archive as it went in: every row, every file, the same report', async () => {
  const [from, to] = [await benchWithSample(), newBench()];
  const path = join(temporaryFolder(), 'sample.zip');
  await exportArchive(from, { study: 'sample', path, weights: true });
  expect(await importArchive(to, path)).toEqual({ name: 'sample', added: 21, reused: 0, missing: 0, ...noSessions });
  const dump = dumpStudy(from.storage.folder);
  expect(dump.responses.length).toBe(1650);
  expect(dump.snapshots.length).toBe(10);
  expect(dump.metrics.length).toBeGreaterThan(500);
  expect(dumpStudy(to.storage.folder)).toEqual(dump);
  const [a, b] = [from, to].map((workbench) => buildReport(workbench, 'sample'));
  expect(b?.analysis).toEqual(a?.analysis);
  expect(b?.runs).toEqual(a?.runs);
  expect(to.storage.runs.list().map(({ key }) => archivesOf(to.storage).run(key))).toEqual(
    from.storage.runs.list().map(({ key }) => archivesOf(from.storage).run(key)),
  );
});

test('another process moves the journal of an import, again at its end', async () => {
  const asked: string[] = [];
  const launcher: Launcher = {
    launch: (options, listeners) => {
      const child = new ForkLauncher().launch(options, listeners);
      const send = (message: object): void => {
        if ('call' in message) asked.push(String(message.call));
        child.send(message);
      };
      return { pid: child.pid, send, kill: () => child.kill() };
    },
  };
  const to = newBench();
  const leave = vi.spyOn(to.storage, 'leaveJournal');
  await importArchive(to, samplePath, noProgress, launcher);
  expect(leave).toHaveBeenCalledTimes(1);
  const moves = asked.flatMap((call, at) => (call === 'moveJournal' ? [at] : []));
  const between = moves.map(
    (at, index) => asked.slice(moves[index - 1] ?? 0, at).filter((call) => call === 'next').length,
  );
  expect(asked.at(-1)).toBe('moveJournal');
  expect(Math.max(...between)).toBeLessThanOrEqual(17);
});

test('every file of an archive has the hash that its manifest says, and no host name is in it', () => {
  const files = filesOf(samplePath);
  const { files: listed } = jsonOf(files, 'manifest.json') as { files: { path: string; sha256: string }[] };
  expect(listed.length).toBe(Object.keys(files).length - 1);
  for (const { path, sha256: hash } of listed) expect(sha256(files[path] ?? Buffer.alloc(0)), path).toBe(hash);
  for (const [name, bytes] of Object.entries(files)) {
    if (name.endsWith('.json')) expect(Buffer.from(bytes).toString()).not.toMatch(/"host":"[^"]/);
  }
});

test('the same study gives the same bytes', async () => {
  const workbench = await benchWithSample();
  const [first, second] = ['a.zip', 'b.zip'].map((name) => join(temporaryFolder(), name)) as [string, string];
  await exportArchive(workbench, { study: 'sample', path: first, weights: true, at: 0 });
  await exportArchive(workbench, { study: 'sample', path: second, weights: true, at: 0 });
  expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
});

test('importing twice doubles no run and no label; the second study has a name of its own', async () => {
  const workbench = await benchWithSample();
  const before = dumpStudy(workbench.storage.folder);
  expect(await importArchive(workbench, samplePath)).toEqual({
    name: 'sample 2',
    added: 0,
    reused: 21,
    missing: 0,
    ...noSessions,
  });
  const after = dumpStudy(workbench.storage.folder);
  expect({ ...after, roles: [] }).toEqual({ ...before, roles: [] });
  expect(after.roles.length).toBe(2 * before.roles.length);
  expect(workbench.storage.studies.byName('sample 2')?.spec.name).toBe('sample 2');
});

test('without weights an archive is small, shows everything, and says what it lacks', async () => {
  const [from, to] = [await benchWithSample(), newBench()];
  const path = join(temporaryFolder(), 'small.zip');
  await exportArchive(from, { study: 'sample', path, weights: false });
  expect(statSync(path).size).toBeLessThan(statSync(samplePath).size / 2);
  expect(await importArchive(to, path)).toMatchObject({ added: 21, missing: 10 });
  expect(buildReport(to, 'sample').analysis).toEqual(buildReport(from, 'sample').analysis);
});

test('a half-finished study is exported as it is: waiting and failed runs, tags and notes', async () => {
  const [from, to] = [await benchWithSample(), newBench()];
  const { storage } = from;
  const [first, second] = storage.runs.list({ kinds: ['classifier'] });
  if (!first || !second) throw new Error('the sample has no runs');
  storage.runs.redo(first.id, 5);
  storage.runs.redo(second.id, 5);
  storage.runs.cancel(second.id, 6);
  const path = join(temporaryFolder(), 'half.zip');
  await exportArchive(from, { study: 'sample', path, weights: true });
  await importArchive(to, path);
  expect(to.storage.runs.byKey(first.key)?.state).toBe('queued');
  expect(to.storage.runs.byKey(second.key)?.state).toBe('cancelled');
  expect(to.storage.runs.counts()).toEqual(storage.runs.counts());
});

test('exports and imports never block the process for long', async () => {
  const [from, to] = [await benchWithSample(), newBench()];
  const path = join(temporaryFolder(), 'sample.zip');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await exportArchive(from, { study: 'sample', path, weights: true });
  await importArchive(to, path);
  delay.disable();
  // Milliseconds.
  expect(delay.percentile(99) / 1e6).toBeLessThan(250);
});

test('an import or export that is stopped leaves nothing', async () => {
  const [from, to] = [await benchWithSample(), newBench()];
  for (const share of [0.1, 0.6, 0.9]) {
    const controller = new AbortController();
    const progress = {
      signal: controller.signal,
      update: (done: number): void => {
        if (done >= share) controller.abort();
      },
    };
    await expect(importArchive(to, samplePath, progress)).rejects.toThrow(/abort/i);
    expect(to.storage.runs.list()).toEqual([]);
    expect(to.storage.studies.list()).toEqual([]);
  }
  const path = join(temporaryFolder(), 'stopped.zip');
  const stopped = { signal: AbortSignal.abort(), update: () => undefined };
  await expect(exportArchive(from, { study: 'sample', path, weights: true }, stopped)).rejects.toThrow(/abort/i);
  expect(() => statSync(path)).toThrow('ENOENT');
  expect(() => statSync(`${path}.part`)).toThrow('ENOENT');
});

test('an import that was cut off at any step is hidden, and removed completely by the next start', async () => {
  const archive = await readArchive(samplePath, noProgress);
  const pieces: ArchivePiece[] = [];
  for await (const some of piecesOf(archive)) pieces.push(...some);
  archive.close();
  const workbench = newBench();
  const { storage } = workbench;
  const before = rowCounts(storage.folder);
  for (const cut of [1, 2, 40, 150, pieces.length / 2, pieces.length - 20, pieces.length]) {
    const study = archivesOf(storage).startImport(1);
    for (const piece of pieces.slice(0, cut)) {
      for (const _ of study.steps(piece));
    }
    expect(storage.studies.list()).toEqual([]);
    await removeUnfinishedImports(workbench);
    expect(rowCounts(storage.folder), `cut at ${cut}`).toEqual(before);
  }
  expect(await importArchive(workbench, samplePath)).toMatchObject({ name: 'sample', added: 21, reused: 0 });
});
