import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
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

it('so have those of people who answered with sets', async () => {
  workbench = openSample(await sampleFolder(temporaryFolder()));
  const path = join(temporaryFolder(), 'set.csv');
  const rows = Array.from(
    { length: 165 },
    (_, image) => `${image},Ada,${image % 10}\n${image},Ben,1|${image % 10 === 1 ? 7 : image % 10}\n`,
  );
  writeFileSync(path, `image,labeler,labels\n${rows.join('')}`);
  await importResponses(workbench, 'sample', path, { kind: 'set', total: null });
  expect(compareNumbers(workbench, 'sample', 97.5)).toEqual(expect.arrayContaining(['sets', 'certainty']));
});
