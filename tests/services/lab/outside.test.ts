import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeTemporaries, writeFileAtomic } from '../../../main/files/atomic.ts';
import { BlobStore, sha256 } from '../../../main/files/blobs.ts';
import { closeToOthers } from '../../../main/files/private.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { cleanUp } from '../../../main/contributions/machine/disk.ts';
import { writeStudyReport } from '../../../main/services/report/write.ts';
import { Uploads } from '../../../main/services/tools/uploads.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { addName, lead, longAgo, makeOutside, type Outside, type Way, ways, whyNot } from '../../files/outside.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openSample, sampleFolder } from '../report/sample-lab.ts';
import { addSmallStudy, openLab } from './lab-helper.ts';

const hash = 'a'.repeat(64);
const uuid = '6f9619ff-8b86-4d01-b42d-00c04fc964ff';
const elsewhere = { code: 'file.leads-elsewhere' };

const pause = (): number => Date.now();
const clean = (dataFolder: string) =>
  cleanUp({ dataFolder, cacheFolder: join(dataFolder, '..', 'cache') }, pause, () => undefined);

/** A data folder, and a folder of a person beside it whose files are old and have names like those of the program. */
function setUp(): { folder: string; data: string; outside: Outside } {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  openStorage(data).close();
  const names = [hash, `.${hash}.${uuid}.tmp`, `aa/${hash}`, `aa/.${hash}.${uuid}.tmp`, 'small/thesis.pdf'];
  const own = ['predictions.csv', 'report/predictions.csv', 'sample/report/predictions.csv'];
  return {
    folder,
    data,
    outside: makeOutside(folder, Object.fromEntries([...names, ...own].map((name) => [name, 'mine']))),
  };
}

for (const way of Object.keys(ways) as Way[]) {
  const why = whyNot(way);
  describe.skipIf(why !== null)(`${way}${why === null ? '' : ` (skipped: ${why})`}`, () => {
    test.each(['uploads', 'uploads/model-1', 'exports', 'exports/more'])(
      'at %s survives a start and an end',
      async (at) => {
        const { data, outside } = setUp();
        lead(way, outside.path, join(data, at));
        const { lab } = openLab(data);
        await lab.close();
        new Uploads(data).close();
        outside.expectUntouched();
      },
    );

    test('in place of a folder of blobs is not written through, however the bytes come', async () => {
      const { data, outside } = setUp();
      const blobs = new BlobStore(join(data, 'blobs'));
      const bytes = Buffer.from('pixels of a stimulus set');
      lead(way, outside.path, join(blobs.folder, sha256(bytes).slice(0, 2)));
      expect(() => blobs.put(bytes)).toThrow(expect.objectContaining(elsewhere));
      await expect(blobs.putInPieces(bytes)).rejects.toMatchObject(elsewhere);
      await expect(blobs.putPieces([bytes.subarray(0, 7), bytes.subarray(7)])).rejects.toMatchObject({
        ...elsewhere,
        where: dirname(blobs.path(sha256(bytes))),
      });
      outside.expectUntouched();
      expect(readdirSync(blobs.folder)).toEqual([sha256(bytes).slice(0, 2)]);
    });

    test.each(['blobs', 'blobs/aa', 'blobs/ab/aa', 'uploads/more', 'exports/more', 'imports/more'])(
      'at %s survives a clean-up',
      (at) => {
        const { data, outside } = setUp();
        lead(way, outside.path, join(data, at));
        clean(data);
        // A disk that holds all blobs is where the program keeps them, and has its names alone.
        if (at !== 'blobs' || way === 'a symbolic link') outside.expectUntouched();
        else expect(readFileSync(join(outside.path, 'thesis.tex'), 'utf8')).toBe('chapter 1');
      },
    );

    test('in the store of blobs is neither written nor removed', () => {
      const { data, outside } = setUp();
      const blobs = new BlobStore(join(data, 'blobs'));
      const text = Buffer.from('text');
      const own = blobs.put(text);
      lead(way, outside.path, join(data, 'blobs/aa'));
      blobs.remove(hash);
      expect(() => blobs.get(hash)).toThrow('damaged');
      const other = Array.from({ length: 5000 }, (_, n) => Buffer.from(String(n))).find((each) => {
        const scratch = new BlobStore(join(data, 'scratch'));
        return scratch.put(each).startsWith('aa');
      });
      expect(() => blobs.put(other ?? text)).toThrow(expect.objectContaining(elsewhere) as Error);
      expect(blobs.get(own)).toEqual(text);
      outside.expectUntouched();
    });

    test.each(['studies', 'studies/small', 'studies/small/more'])('at %s survives a study', async (at) => {
      const { data, outside } = setUp();
      const here = openLab(data);
      addSmallStudy(here);
      lead(way, outside.path, join(data, at));
      await here.client.studies.setDeleted({ study: 'small', deleted: true });
      const outcome = await here.client.studies.purge({ study: 'small' }).then(
        () => 'purged',
        (error: unknown) => error,
      );
      // A link is removed with what it is in; a disk, or a link above, is not the study's.
      if (at !== 'studies' && way === 'a symbolic link') expect(outcome).toBe('purged');
      else expect(outcome).toMatchObject({ data: elsewhere });
      outside.expectUntouched();
    });

    test('is left open to others, and its files as they are', () => {
      const { data, outside } = setUp();
      chmodSync(data, 0o755);
      mkdirSync(join(data, 'blobs'), { mode: 0o755 });
      lead(way, outside.path, join(data, 'blobs/aa'));
      closeToOthers(data);
      outside.expectUntouched();
      expect(statSync(join(data, 'blobs')).mode & 0o077).toBe(0);
      expect(statSync(data).mode & 0o077).toBe(0);
    });
  });
}

test('only temporary files of the program are removed', () => {
  const folder = temporaryFolder();
  const names = [`.file.${uuid}.tmp`, '.lock.tmp', '.file.1234.tmp', `file.${uuid}.tmp`];
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), longAgo, longAgo);
  }
  removeTemporaries(folder, Date.now());
  expect(readdirSync(folder).sort()).toEqual(names.slice(1).sort());
});

test('a clean-up leaves files of other programs among the blobs', () => {
  const { data } = setUp();
  const [mine, unused] = [join(data, 'blobs/thesis.tex'), join(data, `blobs/aa/${hash}`)];
  const beside = join(data, 'blobs/aa/notes.txt');
  for (const path of [mine, unused, beside]) {
    writeFileAtomic(path, 'text');
    utimesSync(path, longAgo, longAgo);
  }
  expect(clean(data)).toMatchObject({ files: 1 });
  expect([mine, unused, beside].map(existsSync)).toEqual([true, false, true]);
});

test('a backup that is a link is removed as a link, and other files stay', () => {
  const { data, outside } = setUp();
  const storage = openStorage(data);
  mkdirSync(join(data, 'backups'), { recursive: true });
  const thesis = join(outside.path, 'thesis.tex');
  symlinkSync(thesis, join(data, 'backups/workbench-20200101T000000000Z.sqlite'));
  addName(thesis, join(data, 'backups/workbench-20200102T000000000Z.sqlite'));
  writeFileSync(join(data, 'backups/mine.sqlite.tmp'), 'mine');
  const { path } = storage.backUp(true);
  storage.close();
  expect(readdirSync(join(data, 'backups')).sort()).toEqual(['mine.sqlite.tmp', path.slice(-36)].sort());
  outside.expectUntouched();
});

describe('of a study with a report', () => {
  test.each(['studies', 'studies/sample', 'studies/sample/report'])(
    'a link at %s is not written through',
    async (at) => {
      const folder = temporaryFolder();
      const data = await sampleFolder(folder);
      const workbench = openSample(data);
      const [study] = workbench.storage.studies.list();
      const name = study?.name ?? '';
      const outside = makeOutside(folder, {
        'predictions.csv': 'mine',
        'report/predictions.csv': 'mine',
        [`${name}/report/predictions.csv`]: 'mine',
      });
      lead('a symbolic link', outside.path, join(data, at.replace('sample', name)));
      await expect(writeStudyReport(workbench, name, null)).rejects.toMatchObject(elsewhere);
      outside.expectUntouched();
      workbench.storage.close();
    },
  );

  test('an archive of it takes no name of another file', async () => {
    const folder = temporaryFolder();
    const workbench = openSample(await sampleFolder(folder));
    const [study] = workbench.storage.studies.list();
    const outside = makeOutside(folder);
    const path = join(folder, 'sample.zip');
    symlinkSync(join(outside.path, 'thesis.tex'), `${path}.part`);
    symlinkSync(join(outside.path, 'thesis.tex'), path);
    await exportArchive(workbench, { study: study?.name ?? '', path, weights: false, launcher: new ForkLauncher() });
    outside.expectUntouched();
    expect(existsSync(`${path}.part`)).toBe(true);
    workbench.storage.close();
  });
});
