import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { sha256 } from '../../../main/files/blobs.ts';
import { checkRoom } from '../../../main/files/file-errors.ts';
import { openWorkbench, type Workbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { smallDisk } from '../../small-disk.ts';
import { largest, parser } from '../../../main/files/limits.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { noProgress } from '../../../main/services/tools/jobs.ts';
import { readArchive } from '../../../main/contributions/archives/read-archive.ts';
import { parsedHere } from '../../parsed-here.ts';
import { removal, temporaryFolder } from '../../temporary-folder.ts';
import { cases } from '../../thorough.ts';
import {
  benchWithSample,
  type Files,
  filesOf,
  jsonOf,
  newBench,
  openBench,
  pack,
  putJson,
  relist,
  samplePath,
} from './archive-helper.ts';

/** Stays empty, so it serves all. */
let bench: Workbench | undefined;
const folderOfBench = mkdtempSync(join(tmpdir(), 'boundary-test-'));
afterAll(() => {
  bench?.storage.close();
  rmSync(folderOfBench, removal);
});

const codeOf = (error: unknown): string => {
  if (error instanceof UserError) return error.code;
  throw new Error(`it was not refused as it should be: ${String(error)}`);
};

/** The code with which it is refused by the check that an import begins with, here without the process of an import. */
const checked = (path: string): Promise<string> =>
  readArchive(path, noProgress).then((archive) => {
    archive.close();
    return 'not refused';
  }, codeOf);

/** The code with which an import is refused; fails where anything of it was stored. */
async function refusal(path: string): Promise<string> {
  bench ??= openBench(folderOfBench);
  const workbench = bench;
  const error: unknown = await importArchive(workbench, path).catch((reason: unknown) => reason);
  expect(workbench.storage.runs.list()).toEqual([]);
  expect(workbench.storage.studies.list()).toEqual([]);
  expect(workbench.storage.stimulusSets.list()).toEqual([]);
  return codeOf(error);
}

const changed = (change: (files: Files) => void, level: 0 | 1 = 0): string => {
  const files = filesOf(samplePath);
  change(files);
  return pack(files, level);
};

const noise = (length: number): string =>
  randomBytes(length)
    .toString('hex')
    .slice(0, length)
    .replace(/./g, (at) => (at > '7' ? ' ' : '\t'));

const firstOf = (files: Files, folder: string): string =>
  Object.keys(files).find((name) => name.startsWith(folder)) ?? '';

function changeSet(files: Files, change: (set: { images: object[] }) => object): void {
  const name = firstOf(files, 'stimuli/');
  const set = jsonOf(files, name);
  putJson(files, name, { ...set, ...change(set as { images: object[] }) });
  relist(files);
}

test.each<[string, string, (files: Files) => void]>([
  ['archive.unsafe-path', 'a path that leads out of it', (files) => (files['../evil.json'] = Buffer.from('{}'))],
  ['archive.unsafe-path', 'an absolute path', (files) => (files['/etc/evil'] = Buffer.from('{}'))],
  ['archive.unsafe-path', 'a path of Windows', (files) => (files['blobs\\..\\evil'] = Buffer.from('{}'))],
  ['archive.unlisted', 'a file that is not on its list', (files) => (files['blobs/extra'] = Buffer.from('x'))],
  [
    'archive.unknown-file',
    'a listed file that belongs to no study',
    (files) => {
      files['notes.txt'] = Buffer.from('x');
      relist(files);
    },
  ],
  ['archive.missing-file', 'no manifest', (files) => delete files['manifest.json']],
  ['archive.missing-file', 'a listed file that is not there', (files) => delete files[firstOf(files, 'blobs/')]],
  [
    'archive.missing-file',
    'a file that a record names and the list lacks',
    (files) => {
      const { predictions } = jsonOf(files, 'study.json') as { predictions: { softmax: string }[] };
      delete files[`blobs/${predictions[0]?.softmax}`];
      relist(files);
    },
  ],
  ['archive.wrong-hash', 'a changed file', (files) => (files[firstOf(files, 'blobs/')] = Buffer.from('changed'))],
  [
    'archive.wrong-hash',
    'a changed file that is listed anew',
    (files) => {
      files[firstOf(files, 'blobs/')] = Buffer.from('changed');
      relist(files);
    },
  ],
  [
    'archive.invalid',
    'a declaration of 10,000,000 models',
    (files) => {
      const study = jsonOf(files, 'study.json') as { specs: { spec: { models: object[] } }[] };
      const { spec } = study.specs[0] ?? { spec: { models: [] } };
      spec.models[0] = { ...spec.models[0], group: 'seeds', repeats: 1000, seeds: 10_000 };
      putJson(files, 'study.json', study);
      relist(files);
    },
  ],
  [
    'archive.other-schema',
    'another format',
    (files) =>
      putJson(files, 'manifest.json', { ...jsonOf(files, 'manifest.json'), schema: 'boundary-workbench/archive/9' }),
  ],
  ['archive.other-schema', 'no study at all', (files) => putJson(files, 'manifest.json', [1, 2])],
  [
    'archive.duplicate',
    'a list that names a file twice',
    (files) => {
      const manifest = jsonOf(files, 'manifest.json') as { files: unknown[] };
      putJson(files, 'manifest.json', { ...manifest, files: [...manifest.files, manifest.files[0]] });
    },
  ],
  [
    'archive.wrong-key',
    'a run under the key of another',
    (files) => {
      const [name, other] = Object.keys(files).filter((path) => path.startsWith('runs/'));
      putJson(files, name ?? '', jsonOf(files, other ?? ''));
      relist(files);
    },
  ],
  [
    'archive.wrong-key',
    'a run with another task than its key says',
    (files) => {
      const name = firstOf(files, 'runs/');
      const run = jsonOf(files, name) as { task: { seed?: number } };
      putJson(files, name, { ...run, engine: 'wasm' });
      relist(files);
    },
  ],
  [
    'archive.invalid',
    'a run that is done without a result',
    (files) => {
      const name = firstOf(files, 'runs/');
      putJson(files, name, { ...jsonOf(files, name), result: null });
      relist(files);
    },
  ],
  [
    'archive.invalid',
    'a record with a key that the format does not have',
    (files) => {
      putJson(files, 'study.json', { ...jsonOf(files, 'study.json'), evil: true });
      relist(files);
    },
  ],
  [
    'archive.invalid',
    'a label of an image that is not there',
    (files) => {
      const responses = jsonOf(files, 'responses.json') as { labelers: { log: { imageId: number }[] }[] };
      const first = responses.labelers[0]?.log[0];
      if (first) first.imageId = 9999;
      putJson(files, 'responses.json', responses);
      relist(files);
    },
  ],
  [
    'archive.invalid',
    'a labeler who is there twice, once as a person',
    (files) => {
      const responses = jsonOf(files, 'responses.json') as { labelers: object[] };
      responses.labelers.push({ ...responses.labelers[0], simulated: false });
      putJson(files, 'responses.json', responses);
      relist(files);
    },
  ],
  ...['a,b\n1', '=HYPERLINK("http://x")', '', '1\n'].map((anchorI): [string, string, (files: Files) => void] => [
    'archive.invalid',
    `an anchor called ${JSON.stringify(anchorI)}`,
    (files) => changeSet(files, ({ images: [first] }) => ({ images: [{ ...first, anchorI }] })),
  ]),
  ...[{ truth: [0] }, { truth: 10 }, { truth: 99 }].map(({ truth }): [string, string, (files: Files) => void] => [
    'archive.invalid',
    `true classes ${JSON.stringify(truth)} of ten classes`,
    (files) =>
      changeSet(files, ({ images }) => ({
        provenance: { truth: typeof truth === 'number' ? images.map(() => truth) : truth },
      })),
  ]),
  [
    'archive.wrong-hash',
    'a stimulus set with other pixels than its name says',
    (files) => {
      const name = firstOf(files, 'stimuli/');
      putJson(files, name, { ...jsonOf(files, name), width: 14, height: 56 });
      relist(files);
    },
  ],
  [
    'archive.bomb',
    'a file that unpacks to far more than it should',
    (files) => {
      files[`blobs/${'0'.repeat(64)}`] = new Uint8Array(64 * 2 ** 20);
      relist(files);
    },
  ],
])('%s: %s is refused', async (code, _what, change) => {
  expect(await checked(changed(change, code === 'archive.bomb' ? 1 : 0))).toBe(code);
});

test.each<[string, string, (files: Files) => void]>([
  ['archive.unsafe-path', 'its files', (files) => (files['../evil.json'] = Buffer.from('{}'))],
  [
    'archive.wrong-key',
    'its last records',
    (files) => {
      const name = Object.keys(files).findLast((path) => path.startsWith('runs/')) ?? '';
      putJson(files, name, { ...jsonOf(files, name), key: '0'.repeat(64) });
      relist(files);
    },
  ],
])('%s: an import that is refused for %s stores nothing', async (code, _what, change) => {
  expect(await refusal(changed(change))).toBe(code);
});

/** Characters of JSON that the host may parse of a hostile file: nothing that takes long. */
const harmless = 2 ** 16;

test('JSON above the cap of its kind is refused without being parsed', async () => {
  const path = changed((files) => {
    // Packed to a hundredth, as the file of an honest study may be.
    const blank = Buffer.alloc(65 * 2 ** 20, ' '.repeat(15_000) + noise(200));
    files['study.json'] = Buffer.concat([blank, files['study.json'] ?? Buffer.alloc(0)]);
    relist(files);
  }, 1);
  expect(statSync(path).size).toBeLessThan(10 * 2 ** 20);
  const { longest, outcome } = await parsedHere(() => refusal(path));
  expect(outcome).toBe('archive.bomb');
  expect(longest).toBeLessThan(harmless);
});

test('candidates that the host could not read in a moment are refused', async () => {
  const { candidates } = largest;
  onTestFinished(() => {
    largest.candidates = candidates;
  });
  largest.candidates = 1000;
  await expect(readArchive(samplePath, noProgress)).rejects.toMatchObject({ code: 'archive.bomb' });
});

test('JSON that needs too much memory ends the process that reads it, and nothing else', async () => {
  const path = changed((files) => {
    const rows = Buffer.alloc(40 * 2 ** 20, `{},[],${'{"a":{}},'.repeat(20)}`);
    const { length } = rows;
    files['responses.json'] = Buffer.concat([
      Buffer.from('{"labelers":['),
      rows.subarray(0, length - (length % 186)),
      Buffer.from('0]}'),
    ]);
    relist(files);
  }, 1);
  const { heap } = parser;
  onTestFinished(() => {
    parser.heap = heap;
  });
  parser.heap = 128 * 2 ** 20;
  const workbench = newBench();
  const { longest, outcome } = await parsedHere(() =>
    importArchive(workbench, path).catch((reason: unknown): unknown => reason),
  );
  expect(outcome).toMatchObject({ code: 'archive.died', where: path, message: expect.stringContaining('memory') });
  expect(longest).toBeLessThan(harmless);
  expect(workbench.storage.studies.list()).toEqual([]);
  parser.heap = heap;
  expect(await importArchive(workbench, samplePath)).toMatchObject({ name: 'sample' });
});

test('of the files, only those that a record names are stored', async () => {
  const extra = Buffer.from('no record names this');
  const path = changed((files) => {
    files[`blobs/${sha256(extra)}`] = extra;
    relist(files);
  });
  const workbench = newBench();
  expect(await importArchive(workbench, path)).toMatchObject({ missing: 0 });
  expect(workbench.storage.blobs.has(sha256(extra))).toBe(false);
});

test('a file of a model’s answers that was lost where the archive was made is missing here as well, and nothing else', async () => {
  const path = changed((files) => {
    const { predictions } = jsonOf(files, 'study.json') as { predictions: { softmax: string }[] };
    const hash = predictions[0]?.softmax ?? expect.fail('the sample has predictions');
    delete files[`blobs/${hash}`];
    const manifest = jsonOf(files, 'manifest.json') as { omitted: object[] };
    putJson(files, 'manifest.json', { ...manifest, omitted: [...manifest.omitted, { hash, why: 'lost' }] });
    relist(files);
  });
  expect(await importArchive(newBench(), path)).toMatchObject({ name: 'sample', missing: 1 });
});

test('many small files that unpack to far too much together are refused', async () => {
  const files = filesOf(join(repository, 'tests', 'kept', '0.1.0', 'study.zip'));
  for (let at = 0; at < 20; at++) {
    const data = Buffer.alloc(2 ** 20, at);
    files[`blobs/${sha256(data)}`] = data;
  }
  relist(files);
  const path = join(temporaryFolder(), 'many.zip');
  writeFileSync(path, zipSync(files, { level: 9 }));
  await expect(readArchive(path, noProgress)).rejects.toMatchObject({ code: 'archive.bomb' });
});

test.each([
  ['a setting of 300,000 characters', (value: string) => ({ settings: [{ name: 'a', value, setAt: 1 }] })],
  [
    '10,001 predictions without a run',
    (value: string) => {
      const hash = sha256(value);
      const files = { setHash: hash, softmax: hash, labels: hash };
      const prediction = { ...files, count: 1, classes: 2, run: null, at: 1 };
      return { predictions: Array.from({ length: 10_001 }, (_, at) => ({ model: `m${at}`, ...prediction })) };
    },
  ],
])('%s: refused before anything is stored', async (_, change) => {
  const path = changed((files) => {
    putJson(files, 'study.json', { ...jsonOf(files, 'study.json'), ...change('x'.repeat(300_000)) });
    relist(files);
  });
  expect(await refusal(path)).toBe('archive.invalid');
});

test('files that leave less than a tenth of the free disk space are refused', () => {
  checkRoom(temporaryFolder(), 0);
  expect(() => checkRoom(temporaryFolder(), 2 ** 60)).toThrow(expect.objectContaining({ code: 'file.disk-full' }));
});

test('an archive without room on the disk is refused before anything is stored', async () => {
  const disk = smallDisk(6 * 1024);
  if (!disk) return;
  const places = { root: repository, resources: join(repository, 'resources'), dataFolder: join(disk, 'data') };
  const workbench = openWorkbench(places);
  try {
    await expect(importArchive(workbench, samplePath)).rejects.toMatchObject({
      code: 'file.disk-full',
      remedy: expect.stringContaining('Nothing was stored'),
    });
    expect(workbench.storage.studies.list()).toEqual([]);
    expect(existsSync(workbench.storage.blobs.folder)).toBe(false);
  } finally {
    workbench.storage.close();
  }
});

test('a name that occurs twice is refused', async () => {
  const files = filesOf(samplePath);
  files['blobs/aaaa'] = Buffer.from('1');
  files['blobs/bbbb'] = Buffer.from('2');
  const path = pack(files);
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf('blobs/bbbb'); at >= 0; at = bytes.indexOf('blobs/bbbb', at))
    bytes.write('blobs/aaaa', at);
  writeFileSync(path, bytes);
  expect(await refusal(path)).toBe('archive.duplicate');
});

test('a file that is no archive is refused', async () => {
  const path = join(temporaryFolder(), 'no.zip');
  for (const content of ['', 'PK', 'hello '.repeat(1000)]) {
    writeFileSync(path, content);
    expect(await checked(path)).toBe('archive.not-zip');
  }
});

test('a person is never taken for a simulated labeler who is here already', async () => {
  const workbench = await benchWithSample();
  const path = changed((files) => {
    const responses = jsonOf(files, 'responses.json') as { labelers: object[] };
    putJson(files, 'responses.json', {
      labelers: responses.labelers.map((labeler) => ({ ...labeler, simulated: false })),
    });
    relist(files);
  });
  await expect(importArchive(workbench, path)).rejects.toMatchObject({ code: 'labeler.conflict' });
  expect(workbench.storage.studies.list().map(({ name }) => name)).toEqual(['sample']);
});

test('an archive with bytes changed anywhere is refused, or is the same study', async () => {
  const small = join(temporaryFolder(), 'small.zip');
  await exportArchive(await benchWithSample(), { study: 'sample', path: small, weights: false });
  const whole = readFileSync(small);
  const path = join(temporaryFolder(), 'changed.zip');
  const original = await readArchive(small, noProgress);
  original.close();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(whole.length - 1), by: fc.integer({ min: 1, max: 255 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.option(fc.nat(whole.length), { freq: 4 }),
      async (flips, end) => {
        const bytes = Buffer.from(whole);
        for (const { at, by } of flips) bytes.writeUInt8(bytes.readUInt8(at) ^ by, at);
        writeFileSync(path, end === null ? bytes : bytes.subarray(0, end));
        try {
          const read = await readArchive(path, noProgress);
          read.close();
          expect(read.study).toEqual(original.study);
          expect(read.responses).toEqual(original.responses);
          expect([...read.blobs].sort()).toEqual([...original.blobs].sort());
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      },
    ),
    { numRuns: cases(150), seed: 7 },
  );
});
