import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportStimulusSet } from '../../../main/contributions/sets/write-set.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { pictures } from '../../../main/services/results/pictures.ts';
import { freezeImported } from '../../contributions/sets/freeze.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { smallStimuli } from '../../contributions/sets/sets.ts';
import { hash, study } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { newBench } from '../../contributions/archives/archive-helper.ts';

const shown = (workbench: Workbench, name: string) => pictures(workbench, { study: name, page: 0 });

/** Overwrites the pixels of a study's set. */
function damage({ storage }: Workbench, name: string): void {
  const set = storage.studies.stimuli(storage.studies.byName(name)?.id ?? 0);
  writeFileSync(storage.blobs.path(storage.stimulusSets.header(set ?? '')?.pixels ?? ''), 'damaged');
}

function refusal(workbench: Workbench, name: string): unknown {
  try {
    return shown(workbench, name);
  } catch (error) {
    return error;
  }
}

/** A study with a stimulus set from a file, and what its runner does to freeze it. */
async function studyWithImportedSet() {
  const workbench = newBench();
  const set = smallStimuli();
  const path = join(temporaryFolder(), 'set.zip');
  await exportStimulusSet(set, path);
  const dataSet = {
    hash: hash(1),
    source: { source: 'mnist' as const },
    name: 'small',
    classes: [...'01234567'],
    trainCount: 1,
    testCount: 1,
    width: set.width,
    height: set.height,
    channels: 1 as const,
    mean: [0],
    std: [1],
  };
  const freeze = () => freezeImported(workbench, { path, folder: '', dataSet });
  const { setHash } = await freeze();
  const id = workbench.storage.studies.put('small', study(), 1);
  workbench.storage.studies.useStimuli(id, setHash, 1);
  return { workbench, path, freeze };
}

test('damaged pixels of an imported set: starting again reads the file again, and the error says so', async () => {
  const { workbench, path, freeze } = await studyWithImportedSet();
  const before = shown(workbench, 'small');
  damage(workbench, 'small');
  const remedy = `Start the study again: it reads the images from ${path} again.`;
  expect(refusal(workbench, 'small')).toMatchObject({ name: 'UserError', code: 'blob.damaged', remedy });
  expect(refusal(workbench, 'small')).toMatchObject({ code: 'blob.missing', remedy });
  await freeze();
  expect(shown(workbench, 'small')).toEqual(before);
});

test('without the file: importing the archive again restores them, and the error says so', async () => {
  const { workbench, path } = await studyWithImportedSet();
  const archive = join(temporaryFolder(), 'study.zip');
  await exportArchive(workbench, { study: 'small', path: archive, weights: false });
  const before = shown(workbench, 'small');
  rmSync(path);
  damage(workbench, 'small');
  const remedy = expect.stringMatching(/^Import the archive that the study came from again/);
  expect(refusal(workbench, 'small')).toMatchObject({ code: 'blob.damaged', remedy });
  await importArchive(workbench, archive);
  expect(shown(workbench, 'small')).toEqual(before);
});

test('a generated set that came in an archive without its generator: the same', async () => {
  const workbench = newBench();
  const archive = join(repository, 'resources', 'samples', 'sample-study.zip');
  const { name } = await importArchive(workbench, archive);
  const before = shown(workbench, name);
  damage(workbench, name);
  const remedy = expect.stringMatching(/^Import the archive that the study came from again/);
  expect(refusal(workbench, name)).toMatchObject({ code: 'blob.damaged', remedy });
  await importArchive(workbench, archive);
  expect(shown(workbench, name)).toEqual(before);
});
