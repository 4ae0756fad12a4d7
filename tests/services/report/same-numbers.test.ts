import { afterEach, expect, it } from 'vitest';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSeedStudy, seedDesign } from '../results/seed-study.ts';
import { compareNumbers } from './same-numbers.ts';
import { openSample, sampleFolder } from './sample-lab.ts';

let workbench: Workbench;

afterEach(() => workbench.storage.close());

const always = [...['table-2', 'table-3', 'figure-2', 'table-5', 'table-4', 'certainty'], ...['table-1', 'agreement']];

it('a page and a report of the sample study have the same numbers', async () => {
  workbench = openSample(await sampleFolder(temporaryFolder()));
  expect(compareNumbers(workbench, 'sample', 97.5)).toEqual(expect.arrayContaining(['types-at', 'table-3']));
});

it('so have those of three targets with seed groups', async () => {
  workbench = openSample(await sampleFolder(temporaryFolder()));
  addSeedStudy(workbench);
  expect(compareNumbers(workbench, seedDesign.name, 98)).toEqual(expect.arrayContaining(always));
});
