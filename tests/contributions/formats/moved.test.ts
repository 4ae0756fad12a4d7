import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataSetSchema } from '../../../main/contract/studies/study.ts';
import type { PreparedSource } from '../../../main/domain/data/data-sources.ts';
import { moved } from '../../../main/contributions/formats/moved.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

describe('a study on images that lie elsewhere', () => {
  const place = (dataSet: object, found: readonly string[]): unknown => {
    const path = temporaryFolder();
    for (const name of found) writeFileSync(join(path, name), '');
    return { ...moved(dataSetSchema.parse(dataSet) as PreparedSource, path), path: null };
  };
  const binary = ['data_batch_1.bin', 'test_batch.bin'];
  const folders = { source: 'folder', name: 'pets', path: 'pets', channels: 3, width: 32, height: 32 };

  it('takes CIFAR’s classes from the folders of their names, in the order of the labels', () => {
    const cifar = { source: 'cifar', name: 'pets', path: 'pets', classes: ['plane', 'car', 'bird'] };
    expect(place(cifar, [])).toMatchObject({ source: 'folder', folders: ['plane', 'car', 'bird'], classes: null });
    const some = { ...cifar, take: ['bird', 'plane'] };
    expect(place(some, [])).toMatchObject({ folders: ['bird', 'plane'], classes: null });
    expect(place({ ...cifar, classes: null }, [])).toMatchObject({ folders: null, classes: null });
  });

  it('takes the classes of image folders from binary files by name, and refuses what these cannot give', () => {
    const wanted = { source: 'cifar', name: 'pets', path: null, labels: 'fine', classes: null };
    expect(place({ ...folders, folders: ['frog', 'ship'] }, binary)).toEqual({ ...wanted, take: ['frog', 'ship'] });
    expect(place(folders, binary)).toEqual(wanted);
    expect(() => place({ ...folders, classes: ['Frosch', 'Schiff'] }, binary)).toThrow('reads the kind “Image folder”');
    expect(() => place({ ...folders, width: 28 }, binary)).toThrow('reads the kind “Image folder”');
  });
});

it('stands for the images of a preset that comes without them', async () => {
  const { client, lab, defects } = openLab();
  const presets = await client.studies.presets({});
  expect(presets.find(({ preset }) => preset === 'cifar10')?.dataSet).toEqual({ name: 'CIFAR-10', found: false });
  const cifar = { source: { kind: 'preset', preset: 'cifar10' }, name: null, title: null } as const;
  await expect(client.studies.create(cifar)).rejects.toThrow('needs the images of CIFAR-10');
  const folder = temporaryFolder();
  await client.studies.create({ ...cifar, dataSetPath: folder });
  expect(lab.workbench.storage.studies.byName('cifar10')?.spec.dataSet).toMatchObject({ path: folder });
  for (const name of ['data_batch_1.bin', 'test_batch.bin']) writeFileSync(join(folder, name), '');
  const { name: binary } = await client.studies.create({ ...cifar, name: 'binary', dataSetPath: folder });
  const taken = { source: 'cifar', path: folder, take: ['automobile', 'horse', 'ship'] };
  expect(lab.workbench.storage.studies.byName(binary)?.spec.dataSet).toMatchObject(taken);
  expect(defects).toEqual([]);
});
