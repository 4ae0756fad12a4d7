import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import { makeFolder, writeFileAtomic, writeFileAtomicAsync } from '../../main/files/atomic.ts';
import {
  closeToOthers,
  createPrivateFile,
  isOpenToOthers,
  makePrivateFolder,
  prepareCache,
} from '../../main/files/private.ts';
import { AnswerCache } from '../../main/services/results/answers.ts';
import { openStorage } from '../../main/storage/open.ts';
import { jobEnded, openLab } from '../services/lab/lab-helper.ts';
import { upload } from '../services/labeling/labeling-helper.ts';
import { importSample, sampleFolder } from '../services/report/sample-lab.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { openToOthers } from './open-to-others.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

describe.skipIf(process.platform === 'win32')('other accounts', () => {
  test('lose their rights to what an older version created, at the next start', async () => {
    const folder = await sampleFolder(temporaryFolder());
    const cache = temporaryFolder();
    mkdirSync(join(cache, 'analysis'));
    writeFileSync(join(cache, 'analysis', 'answer.json'), '{}');
    const open = (path: string): void => {
      for (const entry of readdirSync(path, { withFileTypes: true, recursive: true }))
        chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
      chmodSync(path, 0o755);
    };
    for (const each of [folder, cache]) open(each);
    openStorage(folder).close();
    expect(openToOthers(folder)).toEqual([]);
    prepareCache({ BOUNDARY_CACHE: cache });
    expect(openToOthers(join(cache, 'analysis'))).toEqual([]);
    expect(mode(cache)).toBe(0o755);
  });

  test('lose them also where the data folder is a link to another place', () => {
    const folder = temporaryFolder();
    const [target, link] = [join(folder, 'target'), join(folder, 'link')];
    mkdirSync(target);
    chmodSync(target, 0o755);
    symlinkSync(target, link);
    const storage = openStorage(link);
    storage.blobs.put(Buffer.from('pixels'));
    storage.close();
    expect(openToOthers(target)).toEqual([]);
  });

  test('read no cached answer, even in a cache that several accounts share', () => {
    const cache = temporaryFolder();
    chmodSync(cache, 0o755);
    new AnswerCache(join(cache, 'analysis'), () => 'version').put('question', { labels: [1, 2] });
    expect(readdirSync(join(cache, 'analysis'))).toHaveLength(1);
    expect(openToOthers(cache)).toEqual(['.']);
  });

  test('keep their rights to files of other programs in the data folder, and get none to ours', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'notes.txt'), '', { mode: 0o644 });
    const storage = openStorage(folder);
    storage.blobs.put(Buffer.from('pixels'));
    storage.backUp();
    writeFileAtomic(join(folder, 'studies', 'small', 'report', 'index.html'), '');
    storage.close();
    expect(mode(folder)).toBe(0o755);
    expect(openToOthers(folder)).toEqual(['.', 'notes.txt']);
  });

  test('get what is usual in the folder that the user exports to', async () => {
    const folder = temporaryFolder();
    for (const [folderMode, fileMode] of [
      [0o755, 0o644],
      [0o750, 0o640],
      [0o700, 0o600],
    ] as const) {
      const target = join(folder, `of-${folderMode}`);
      mkdirSync(target);
      chmodSync(target, folderMode);
      writeFileAtomic(join(target, 'humans.csv'), '');
      await writeFileAtomicAsync(join(target, 'report', 'index.html'), Buffer.alloc(0));
      expect(mode(join(target, 'humans.csv'))).toBe(fileMode);
      expect(mode(join(target, 'report'))).toBe(folderMode);
      expect(mode(join(target, 'report', 'index.html'))).toBe(fileMode);
    }
  });

  test('a folder is closed after its content, so that an interrupted walk is repeated', () => {
    const folder = temporaryFolder();
    makeFolder(join(folder, 'a', 'b'));
    for (const path of ['a', 'a/b']) chmodSync(join(folder, path), 0o755);
    closeToOthers(join(folder, 'a'));
    expect([mode(join(folder, 'a')), mode(join(folder, 'a', 'b'))]).toEqual([0o700, 0o700]);
    makePrivateFolder(join(folder, 'c', 'd'));
    expect(mode(join(folder, 'c', 'd'))).toBe(0o700);
  });

  test('are all but the owner, whatever they may do', () => {
    for (let rights = 0; rights < 0o100; rights++) {
      for (const owner of [0, 0o600, 0o700, 0o107700]) {
        expect(isOpenToOthers({ mode: owner | rights })).toBe(rights !== 0);
      }
    }
  });

  test('get no rights to a new file, and an existing one stays as it is', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    createPrivateFile(path);
    expect([statSync(path).size, mode(path)]).toEqual([0, 0o600]);
    writeFileSync(path, 'text');
    chmodSync(path, 0o640);
    createPrivateFile(path);
    expect([statSync(path).size, mode(path)]).toEqual([4, 0o640]);
    expect(() => createPrivateFile(join(folder, 'missing', 'file'))).not.toThrow();
  });

  test('lose what they may do with a file; links and what is missing are passed over', () => {
    const folder = temporaryFolder();
    const [outside, inside] = [join(folder, 'outside'), join(folder, 'inside')];
    writeFileSync(outside, '');
    mkdirSync(inside);
    symlinkSync(outside, join(inside, 'link'));
    writeFileSync(join(inside, 'tool'), '');
    for (const path of [outside, inside, join(inside, 'tool')]) chmodSync(path, 0o757);
    closeToOthers(inside);
    expect([outside, inside, join(inside, 'tool')].map(mode)).toEqual([0o757, 0o700, 0o700]);
    chmodSync(outside, 0o444);
    closeToOthers(outside);
    expect(mode(outside)).toBe(0o400);
    expect(() => closeToOthers(join(folder, 'missing'))).not.toThrow();
  });

  test('keep their rights to the rest of a shared cache, and what killed writers left in it is removed', () => {
    const cache = temporaryFolder();
    const old = new Date(Date.now() - 25 * 3_600_000);
    const temporary = '.a.3f0c2d8e-8d0a-4f5e-9b1f-6f2f3c1d7a55.tmp';
    for (const part of ['analysis', 'windows', 'engine-choice', 'engines']) {
      mkdirSync(join(cache, part));
      writeFileSync(join(cache, part, temporary), '');
      utimesSync(join(cache, part, temporary), old, old);
      chmodSync(join(cache, part), 0o755);
    }
    chmodSync(cache, 0o755);
    prepareCache({ BOUNDARY_CACHE: cache });
    const modes = ['.', 'analysis', 'windows', 'engine-choice', 'engines'].map((part) => mode(join(cache, part)));
    expect(modes).toEqual([0o755, 0o700, 0o700, 0o755, 0o755]);
    const left = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tmp'));
    expect(left.sort()).toEqual([join('engines', temporary), join('windows', temporary)]);
    const fresh = join(cache, 'new', 'cache');
    prepareCache({ BOUNDARY_CACHE: fresh });
    expect([fresh, join(fresh, 'analysis'), join(fresh, 'windows')].map(mode)).toEqual([0o700, 0o700, 0o700]);
    expect(readdirSync(fresh).sort()).toEqual(['analysis', 'windows']);
  });

  test('read nothing in data folder and cache after work on a study of people', { timeout: 120_000 }, async () => {
    const cache = join(temporaryFolder(), 'cache');
    const before = process.env.BOUNDARY_CACHE;
    process.env.BOUNDARY_CACHE = cache;
    onTestFinished(() => {
      if (before === undefined) delete process.env.BOUNDARY_CACHE;
      else process.env.BOUNDARY_CACHE = before;
    });
    prepareCache();
    const own = join(temporaryFolder(), 'data');
    await importSample(own);
    const it = openLab(own);
    const { client, dataFolder } = it;
    const study = (await client.studies.list({})).studies[0]?.name ?? '';
    await client.results.people({ study, labelers: null });
    await upload(it, 'labels.csv', 'image,labeler,label\n');
    const jobs = [
      (await client.archives.startExport({ study, weights: false })).job,
      (await client.report.write({ study, choice: { ...wholeReport, formats: ['html', 'csv'] } })).job,
      (await client.machine.backUp({})).job,
    ];
    for (const job of jobs) await jobEnded(it, job);
    expect(readdirSync(dataFolder)).toEqual(
      expect.arrayContaining(['backups', 'blobs', 'exports', 'studies', 'uploads']),
    );
    expect(openToOthers(dataFolder)).toEqual([]);
    // Node creates folders for compiled code of the program by itself; they are in the closed cache.
    expect(mode(cache)).toBe(0o700);
    expect(openToOthers(cache).filter((path) => !path.startsWith('code'))).toEqual([]);
  });
});
