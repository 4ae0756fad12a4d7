import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../main/files/blobs.ts';
import { exportStimulusSet } from '../../../main/contributions/sets/write-set.ts';
import { filesBelow } from '../../../main/contributions/machine/disk.ts';
import { ForkLauncher, type Launcher } from '../../../main/processes/launcher.ts';
import { freezeImported } from './freeze.ts';
import { repository } from '../../architecture/tools.ts';
import { hash, study } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab } from '../../services/lab/lab-helper.ts';

const keptSet = join(repository, 'tests', 'kept', 'color', 'set.zip');
const [studyName, size] = ['small', { width: 9, height: 7 }];

/** Five images between the classes 0 and 1. */
async function zipOf(channels: 1 | 3, side: { width: number; height: number } = size): Promise<string> {
  const path = join(temporaryFolder(), 'set.zip');
  const images = [0, 1, 2, 3, 4].map((id) => ({ id, pairI: 0, pairJ: 1, alpha: id / 4 }));
  const pixels = Uint8Array.from({ length: 5 * side.width * side.height * channels }, (_, k) => (k * 37 + 11) % 256);
  await exportStimulusSet({ ...side, channels, images, pixels }, path);
  return path;
}

const dataSet = (width: number, height: number, channels: 1 | 3) => ({
  hash: hash(1),
  source: { source: 'mnist' as const },
  name: 'small',
  classes: ['a', 'b', 'c'],
  trainCount: 1,
  testCount: 1,
  width,
  height,
  channels,
  mean: [0],
  std: [1],
});

/** Starts processes that are killed when they report the first image they have read: nothing that they send later arrives. */
function killing(): Launcher & { kills: number } {
  const launcher = new ForkLauncher();
  return {
    kills: 0,
    launch(options, listeners) {
      let isKilled = false;
      const child = launcher.launch(options, {
        ...listeners,
        message: (message) => {
          if (isKilled) return;
          listeners.message(message);
          if (typeof message !== 'object' || message === null || !('type' in message)) return;
          if (message.type !== 'event') return;
          isKilled = true;
          this.kills += 1;
          child.kill();
        },
      });
      return child;
    },
  };
}

const filesIn = (folder: string): string[] => (existsSync(folder) ? [...filesBelow(folder)].map(([path]) => path) : []);

/** A killed process may have written whole files, which nothing names, or unfinished ones under a temporary name. */
function expectWhole(folder: string): void {
  for (const path of filesIn(folder)) {
    const [name = ''] = basename(path).split('.');
    if (name !== '') expect(sha256(readFileSync(path))).toBe(name);
  }
}

test('a set is frozen with the bytes that earlier versions gave it', async () => {
  const { workbench } = openLab().lab;
  const { blobs, stimulusSets } = workbench.storage;
  const [gray, inColor] = [await zipOf(1), await zipOf(3)];
  // Of 5aced06d, whose host read and resized the images.
  const before = [
    [gray, 9, 7, 1, '09b180d07c120772aa0f29b547d8f2b1f3fe9922b7a42e0d4cd1315a68b48f15'],
    [gray, 4, 5, 1, '18c81635396c9235d06f219b2380b49f44524dd87b480bd52397ffc53bf37b6c'],
    [gray, 12, 10, 3, 'eca63fb631b40f20999134be18014e8f5ea3168a9750034609dc6b3549a2cb88'],
    [inColor, 9, 7, 3, '2d000a17b2d19e1c86a2c87ba02e7a903f9018e3b5b2459cff422e61c4e13a2f'],
    [inColor, 4, 5, 3, 'f6a2a82b6d765d8ee9ebf8841864fe9600d8fcd782382524d368204ae5b43be2'],
    [inColor, 12, 10, 3, '6b27ee63ba0eca917406e898109cbaab55fe6719d746b0235057fd74767ac2d9'],
    [keptSet, 4, 3, 3, '3889c644a9d0abfc21989cb6fab8217bfb5734ea8bea8a64ca252be90f1a8b1f'],
  ] as const;
  for (const [path, width, height, channels, expected] of before) {
    const from = { path, folder: '', dataSet: dataSet(width, height, channels) };
    const { setHash, count } = await freezeImported(workbench, from);
    expect(setHash).toBe(expected);
    const set = stimulusSets.get(setHash);
    expect(blobs.get(set?.pixels ?? '')).toHaveLength(count * width * height * channels);
    const isResized = path !== keptSet && width !== size.width;
    expect(set?.original).toEqual(isResized ? { ...size, channels, pixels: expect.any(String) } : null);
  }
});

test('a process that dies while it checks an uploaded set costs this upload alone', async () => {
  const launcher = killing();
  const { lab, client, dataFolder } = openLab(undefined, launcher);
  const { storage } = lab.workbench;
  storage.studies.put(studyName, { ...study(), name: studyName }, 1);
  const upload = await lab.uploads.take('set.zip', createReadStream(await zipOf(1)));
  await expect(client.sets.import({ study: studyName, upload })).rejects.toMatchObject({
    data: {
      code: 'machine.ended',
      what: expect.stringMatching(/^The process of this task ended early: it was ended by/),
      remedy: 'Try again; nothing was changed.',
    },
  });
  expect(launcher.kills).toBe(1);
  expect(storage.studies.byName(studyName)?.spec.stimuli).toEqual(study().stimuli);
  expectWhole(join(dataFolder, 'imports'));
});

test('a process that dies while it reads a set leaves nothing half frozen, and the next one freezes it', async () => {
  const launcher = killing();
  const { workbench } = openLab().lab;
  const { stimulusSets, blobs } = workbench.storage;
  const from = { path: await zipOf(3), folder: '', dataSet: dataSet(4, 5, 3) };
  await expect(freezeImported(workbench, from, launcher)).rejects.toMatchObject({ code: 'machine.ended' });
  expect(launcher.kills).toBe(1);
  expect(stimulusSets.list()).toEqual([]);
  expectWhole(blobs.folder);
  expect((await freezeImported(workbench, from)).count).toBe(5);
});

test('a set that its study would resize to more than a set may hold is refused before anything is stored', async () => {
  const { workbench } = openLab().lab;
  const path = await zipOf(1, { width: 2, height: 2 });
  const refused = freezeImported(workbench, { path, folder: '', dataSet: dataSet(10_000, 10_000, 3) });
  await expect(refused).rejects.toMatchObject({ code: 'stimuli.too-large' });
  expect(filesIn(workbench.storage.blobs.folder)).toEqual([]);
});

test('the archive is kept as it was uploaded', async () => {
  const { lab, client, dataFolder } = openLab();
  lab.workbench.storage.studies.put(studyName, { ...study(), name: studyName }, 1);
  const path = await zipOf(1);
  const upload = await lab.uploads.take('set.zip', createReadStream(path));
  expect(await client.sets.import({ study: studyName, upload })).toMatchObject({ images: 5 });
  const { stimuli } = lab.workbench.storage.studies.byName(studyName)?.spec ?? {};
  if (stimuli?.source !== 'imported') throw new Error('the study declares no imported set');
  expect(readFileSync(join(dataFolder, stimuli.path))).toEqual(readFileSync(path));
});
