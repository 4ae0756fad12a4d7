import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { BlobStore } from '../../../main/files/blobs.ts';
import type { Inspection } from '../../../main/contributions/formats/contract/inspection.ts';
import type { NewStudyPlan, Probed, ReadyImages } from '../../../main/contributions/images/contract.ts';
import { type DataSetSource, studySchema } from '../../../main/contract/studies/study.ts';
import { stepsOfProbe } from '../../../main/contributions/images/target.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { boundary } from '../../services/study/command-line.ts';
import { jobEnded, openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { letters, writeColors, writeLetters } from './pictures.ts';

/** The last part of a stream, and the notes of those before. */
async function result<Part extends { type: string }>(
  stream: AsyncIterable<Part>,
): Promise<Exclude<Part, { type: 'progress' }>> {
  let last: Part | undefined;
  for await (const part of stream) last = part;
  if (last === undefined || last.type === 'progress') throw new Error('the stream ended without a result');
  return last as Exclude<Part, { type: 'progress' }>;
}

async function look({ client }: TestLab, path: string): Promise<Inspection> {
  const { found } = await result(await client.images.inspect({ from: { kind: 'path', path } }));
  return found;
}
const read = async ({ client }: TestLab, source: DataSetSource): Promise<ReadyImages> =>
  result(await client.images.prepare({ source }));
const probe = async ({ client }: TestLab, source: DataSetSource): Promise<Probed> =>
  result(await client.images.probe({ source }));

const plan = (source: DataSetSource, change: Partial<NewStudyPlan> = {}): NewStudyPlan => ({
  source,
  name: null,
  title: null,
  target: 60,
  referenceTarget: null,
  stimuli: 'blended',
  perArchitecture: 1,
  simulated: 3,
  ...change,
});

test('a folder of 26 letters becomes a study whose small CNN meets its target, with stimuli, predictions and report', async () => {
  const lab = openLab();
  const folder = join(temporaryFolder(), 'letters');
  writeLetters(folder, 16);
  const found = await look(lab, folder);
  expect(found.classes.map(({ name }) => name)).toEqual(letters);
  // Letters of many sizes, gray: read at 32 x 32 unless a person chooses.
  expect(found.source).toMatchObject({ source: 'folder', name: 'letters', channels: 1, width: 32 });
  const source: DataSetSource = { ...found.source, width: 16, height: 16 } as DataSetSource;
  const images = await read(lab, source);
  expect(images).toMatchObject({ width: 16, height: 16, channels: 1, train: 26 * 13, test: 26 * 3 });
  expect(images.classes[25]).toEqual({ name: 'Z', train: 13, test: 3 });
  expect(new Set(images.preview.labels).size).toBe(26);

  const { name } = await lab.client.images.create(plan(source, { name: 'letters' }));
  const { storage, now } = lab.lab.workbench;
  const { spec } = storage.studies.byName(name) ?? expect.fail('no study');
  // Networks that learn within seconds: a person would change the recipes on the screens of the study.
  const small = (recipe: object): object => ({
    ...recipe,
    architecture: { kind: 'cnn', channels: [8, 8, 16, 16], hidden: [64, 64], dropout: 0 },
    batch: 26,
    optimiser: { stepSize: 3e-3 },
    targets: [60],
    tolerance: 5,
    maxEpochs: 40,
  });
  const models = spec.models.filter(({ name: model }) => model === 'CNN1');
  const changed = studySchema.parse({
    ...spec,
    reference: spec.reference && { ...spec.reference, recipe: small(spec.reference.recipe) },
    models: models.map((model) => ({ ...model, recipe: small(model.recipe) })),
  });
  storage.studies.put(name, changed, now());
  const job = await jobEnded(lab, (await lab.client.work.start({ study: name, goal: 'report' })).job);
  expect(job).toMatchObject({ state: 'done', messages: [] });
  const stimuli = await lab.client.stimuli.state({ study: name });
  expect(stimuli).toMatchObject({ source: 'blended', classes: letters });
  expect(stimuli.pairs).toHaveLength(15);
  const { storage: stored } = lab.lab.workbench;
  const runs = stored.studyRuns.list(stored.studies.byName(name)?.id ?? 0);
  expect(runs.map(({ role, state }) => `${role} ${state}`)).toContain('models/CNN1 done');
  const report = readFileSync(join(lab.dataFolder, 'studies', name, 'report', 'index.html'), 'utf8');
  expect(report).toContain('letters');
  expect(lab.defects).toEqual([]);
});

test('a probe trains each architecture briefly and records nothing', async () => {
  const lab = openLab();
  const folder = join(temporaryFolder(), 'few');
  writeLetters(folder, 4);
  await expect(look(lab, join(folder, 'gone'))).rejects.toThrow('no such file');
  const { source: found } = await look(lab, folder);
  const source = { ...found, width: 12, height: 12, folders: ['A', 'I', 'O'] } as DataSetSource;
  await expect(probe(lab, source)).rejects.toThrow('have not been read');
  const odd = { ...source, width: 37, height: 37 } as DataSetSource;
  await read(lab, odd);
  await expect(lab.client.images.propose(plan(odd))).rejects.toThrow('cannot be cut into few square patches');
  await read(lab, source);
  const removed = vi.spyOn(BlobStore.prototype, 'remove');
  const first = await probe(lab, source);
  expect(first.accuracies.map(({ kind }) => kind)).toEqual(['mlp', 'cnn', 'vit']);
  expect(first.steps).toBe(stepsOfProbe(9));
  expect(await probe(lab, source)).toEqual(first);
  expect(lab.lab.workbench.storage.runs.list()).toEqual([]);
  // A study's weights may be those of the probe.
  expect(removed).not.toHaveBeenCalled();
  // The class with the fewest test images decides.
  const uneven = join(temporaryFolder(), 'uneven');
  writeColors(join(uneven, 'train'), ['a', 'b', 'c', 'd'], 2, 8);
  writeColors(join(uneven, 'test'), ['a', 'b', 'c'], 20, 8);
  writeColors(join(uneven, 'test'), ['d'], 2, 8);
  const { source: four } = await look(lab, uneven);
  await read(lab, four);
  const { name } = await lab.client.images.create(plan(four));
  const { spec } = lab.lab.workbench.storage.studies.byName(name) ?? expect.fail('no study');
  expect(spec.stimuli).toMatchObject({ source: 'blended', anchorDesign: { kind: 'one' } });
  rmSync(join(uneven, 'test', 'd'), { recursive: true });
  await read(lab, four);
  await expect(lab.client.images.propose(plan(four))).rejects.toThrow('No test image is of the class “d”');
  expect(await lab.client.images.propose(plan(four, { stimuli: 'generated' }))).toMatchObject({ pairs: 6 });
  const asTheyAre = plan(four, { stimuli: 'test-images', name: 'as they are' });
  expect(await lab.client.images.propose(asTheyAre)).toMatchObject({ pairs: 0, stimuli: 60 });
  await lab.client.images.create(asTheyAre);
  const declared = lab.lab.workbench.storage.studies.byName('as they are')?.spec;
  expect(declared).toMatchObject({ generator: null, stimuli: { choose: { kind: 'sample', count: 60, seed: 1 } } });
  // Who leaves ends the process: closing the lab would wait for it.
  for await (const _ of await lab.client.images.probe({ source })) break;
  // Of three test images none, one, two or all are right.
  await expect(lab.client.images.propose(plan(source))).rejects.toMatchObject({
    data: { nearest: [{ path: 'targets', from: 60, to: 67 }] },
  });
  const proposal = await lab.client.images.propose(plan(source, { target: 67 }));
  expect(proposal).toMatchObject({ pairs: 3, stimuli: 33, models: 3, tolerance: 5 });
  expect(lab.defects).toEqual([]);
});

test('the command line says what it found, and writes a study file that another run reads', async () => {
  const folder = temporaryFolder();
  const [images, out] = [join(folder, 'lamps'), join(folder, 'lamps.json')];
  writeColors(images, ['blau', 'grün', 'rot'], 8, 12);
  writeFileSync(join(images, 'rot', 'notes.txt'), 'of the person who took them');
  const from = ['--data', join(folder, 'data'), 'study', 'new', '--from', images];
  const chosen = ['--classes', 'rot,blau', '--channels', '1', '--out', out];
  const unreached = await boundary([...from, ...chosen, '--target', '90']);
  expect(unreached.stderr).toContain('With 4 test images no accuracy lies within 5 points of 90 %');
  expect(unreached.stderr).toContain('Change the target to 100 %.');
  const made = await boundary([...from, ...chosen, '--target', '75']);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain('16 images in 2 classes');
  expect(made.stdout).toContain('Left out: rot/notes.txt');
  expect(made.stdout).toContain('Classes: rot, blau');
  const checked = await boundary(['study', 'check', out]);
  expect(JSON.parse(checked.stdout)).toMatchObject({
    dataSet: { source: 'folder', path: images, folders: ['rot', 'blau'], channels: 1, width: 12 },
    models: expect.toSatisfy((models: unknown[]) => models.length === 9),
  });
  const again = await boundary([...from, '--target', '80', '--out', out]);
  expect(again).toMatchObject({ code: 2 });
  expect(again.stderr).toContain('This file exists already');
  expect((await boundary([...from, '--channels', '2'])).stderr).toContain('"2" is not one of 1, 3');
  for (const [option, value, why] of [
    ['--test-share', '95', 'Give a number from 1 to 90'],
    ['--classes', 'rot', 'Name two classes or more'],
    ['--title', 'x'.repeat(201), 'at most 200'],
  ] as const) {
    const refused = await boundary([...from, '--target', '90', option, value]);
    expect(refused, option).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain(option);
    expect(refused.stderr).toContain(why);
  }
});
