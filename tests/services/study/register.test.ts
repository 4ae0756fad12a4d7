import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { labelersSchema } from '../../../main/contract/studies/study.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { provideLabels } from '../../../main/services/study/labels.ts';
import { describeDataSet } from '../../../main/services/declaration/describe-data-set.ts';
import { registerStudy } from '../../../main/services/study/register.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { hash, stimulusSet } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallStudy, writeSmallStudy } from './small-study.ts';

const root = join(import.meta.dirname, '../../..');
const resources = join(root, 'resources');

function setUp() {
  const folder = temporaryFolder();
  const workbench = openWorkbench({ root, resources, dataFolder: join(folder, 'data') });
  onTestFinished(() => workbench.storage.close());
  const register = (change: object = {}) => {
    const file = loadStudy(writeSmallStudy(folder, change), resources, []);
    return registerStudy(workbench, file, describeDataSet(file.study.dataSet, file.folder)).id;
  };
  return { workbench, folder, register };
}

/** No study here names a file of labels. */
const launcher = new ForkLauncher();

const { stimuli } = smallStudy() as { stimuli: object };

test('a study keeps its frozen stimuli until what they are made from changes', () => {
  const { workbench, register } = setUp();
  const { studies, stimulusSets } = workbench.storage;
  const id = register();
  stimulusSets.put(stimulusSet(10), 1);
  studies.useStimuli(id, hash(10), 1);
  expect(register({ title: 'Another title', labelers: { source: 'none' } })).toBe(id);
  expect(studies.stimuli(id)).toBe(hash(10));
  register({ stimuli: { ...stimuli, alphas: 5 } });
  expect(studies.stimuli(id)).toBeUndefined();
});

test('what does not fit the data set or is missing is refused before anything is stored', () => {
  const { workbench, register } = setUp();
  const design = { kind: 'paper' };
  expect(() => register({ stimuli: { ...stimuli, design } })).toThrow(/ten classes; this data set has 2/);
  expect(() => register({ labelers: { source: 'csv', path: 'no.csv' } })).toThrow(/labels that the study names/);
  const recipe = { architecture: { kind: 'vit', patch: 5 }, targets: [90] };
  const patches = /28 x 28 pixels cannot be cut into whole patches of 5 x 5/;
  expect(() => register({ models: [{ name: 'ViT', group: 'diverse', recipe }] })).toThrow(patches);
  expect(() => register({ reference: { recipe } })).toThrow(patches);
  const generator = { recipe: { kind: 'dcgan28', steps: 1, channels: 3 } };
  expect(() => register({ generator })).toThrow(/images that are in color/);
  expect(workbench.storage.studies.list()).toEqual([]);
});

test('a set whose classes were renamed is the same set', () => {
  const { workbench } = setUp();
  const { stimulusSets } = workbench.storage;
  const set = stimulusSet(10);
  stimulusSets.put(set, 1);
  stimulusSets.put({ ...set, classes: set.classes.map((name) => `${name}, renamed`) }, 2);
  const fewer = { ...set, classes: [...set.classes, 'one more'] };
  expect(() => stimulusSets.put(fewer, 3)).toThrow(/number of classes/);
});

test('people who labeled other stimuli are left out of a study, with a warning', async () => {
  const { workbench, folder, register } = setUp();
  const { storage } = workbench;
  const id = register();
  for (const set of [10, 11]) storage.stimulusSets.put(stimulusSet(set), 1);
  const rows = [{ imageId: 0, pseudonym: 'H1', label: 0 }];
  const people = storage.responses.importTable({ setHash: hash(10), simulated: false, source: 'csv:1', rows }, 1);
  storage.studies.useLabelers(id, people, 1);
  const study = { id, name: 'small', spec: labelersSchema.parse({ source: 'none' }), folder, classes: 3 };
  const warn = vi.fn();
  expect(await provideLabels(workbench, study, hash(10), { warn, launcher })).toMatchObject({
    detail: '1 labeler, imported before',
  });
  const sitter = { setHash: hash(10), simulated: false, source: 'session:1', rows };
  const sitters = storage.responses.importTable(sitter, 2);
  storage.studies.useLabelers(id, [...people, ...sitters], 2);
  expect(await provideLabels(workbench, study, hash(10), { warn, launcher })).toMatchObject({
    detail: '2 labelers, 1 of them imported before',
  });
  storage.studies.useLabelers(id, sitters, 3);
  expect(await provideLabels(workbench, study, hash(10), { warn, launcher })).toMatchObject({
    detail: '1 labeler from labeling sessions',
  });
  storage.studies.useLabelers(id, people, 4);
  expect(warn).not.toHaveBeenCalled();
  expect(await provideLabels(workbench, study, hash(11), { warn, launcher })).toBeNull();
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('labeled other stimuli'));
  expect(storage.labelers.ofStudy(id)).toEqual([]);
});

test('imported labels of simulated labelers stay, still marked, in a study that names no labelers', async () => {
  const { workbench, folder, register } = setUp();
  const { storage } = workbench;
  const id = register();
  storage.stimulusSets.put(stimulusSet(10), 1);
  const rows = [{ imageId: 0, pseudonym: 'sim-1', label: 0 }];
  const table = { setHash: hash(10), simulated: true, source: 'csv:1', rows };
  storage.studies.useLabelers(id, storage.responses.importTable(table, 1), 1);
  const study = { id, name: 'small', spec: labelersSchema.parse({ source: 'none' }), folder, classes: 3 };
  expect(await provideLabels(workbench, study, hash(10), { warn: vi.fn(), launcher })).toMatchObject({
    name: 'Rehearsal labels',
  });
  expect(storage.responses.table(id, hash(10)).containsSimulated).toBe(true);
});
