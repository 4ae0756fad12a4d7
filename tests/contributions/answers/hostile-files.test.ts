import { expect, onTestFinished, test, vi } from 'vitest';
import { parser } from '../../../main/files/limits.ts';
import { removeUnfinishedImports } from '../../../main/services/workbench/hidden-import.ts';
import { rowCounts } from '../archives/archive-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { harmless, nested, refusal } from '../../services/labeling/hostile-helper.ts';
import { addStimuli, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { singleLabels } from './single-labels.ts';

test('labels.json that needs too much memory ends the process that reads it, and the next file is read', async () => {
  const { heap } = parser;
  onTestFinished(() => {
    parser.heap = heap;
  });
  parser.heap = 128 * 2 ** 20;
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const inspect = (file: string) =>
    it.client.answers.inspectTable({ study: studyName, upload: file, kind: 'single', mapping: null });
  const bad = await upload(it, 'labels.json', `{"sessions":${nested(30)}}`);
  const { longest, data } = await refusal(() => inspect(bad));
  expect(data).toMatchObject({ code: 'labeling.unreadable', what: expect.stringContaining('memory') });
  expect(data).toMatchObject({ where: 'labels.json', remedy: expect.stringMatching(/^Nothing was stored/) });
  expect(longest).toBeLessThan(harmless);
  const good = await upload(it, 'a.csv', 'image,labeler,label\n0,P1,1\n');
  expect(await inspect(good)).toMatchObject({ rows: 1, reading: { answers: 1 } });
});

test('a table of many labels is stored beside other work, hidden until it is complete; cut off, nothing stays', async () => {
  const it = openLab();
  const { storage } = it.lab.workbench;
  const setHash = addStimuli(storage, 667);
  const images = Array.from({ length: 2001 }, (_, image) => image);
  const rows = ['P1', 'P2'].flatMap((pseudonym) =>
    images.map((imageId) => ({ imageId, pseudonym, label: imageId % 3 })),
  );
  const before = rowCounts(storage.folder);
  const steps = storage.responses.importTableSteps({ setHash, source: 'csv:1', simulated: false, rows }, 1);
  for (let step = 0; step < 3000; step++) steps.next();
  expect(storage.studies.list().map(({ name }) => name)).toEqual([studyName]);
  await removeUnfinishedImports(it.lab.workbench);
  expect(rowCounts(storage.folder)).toEqual(before);

  const people = Array.from({ length: 20 }, (_, person) => `P${person}`);
  const lines = people.flatMap((person) => images.map((image) => `${image},${person},${image % 3}`));
  const table = await upload(it, 'a.csv', `image,labeler,label\n${lines.join('\n')}\n`);
  const turns: number[] = [];
  const timer = setInterval(() => turns.push(storage.labelers.ofStudy(1).length), 5);
  const { data } = await refusal(() =>
    it.client.answers.importTable({
      study: studyName,
      upload: table,
      names: 'keep',
      mapping: singleLabels({ 0: 0, 1: 1, 2: 2 }),
    }),
  );
  clearInterval(timer);
  expect(data).toBeUndefined();
  // None of them, then all of them.
  expect(turns.filter((count) => count !== 0 && count !== 20)).toEqual([]);
  expect(turns.filter((count) => count === 0).length).toBeGreaterThan(10);
  expect(storage.labelers.ofStudy(1)).toHaveLength(20);
  expect(rowCounts(storage.folder)).toMatchObject({ response: lines.length, study: 1, labeler: 20 });
});

test('of people who are known, only labels that change are stored at once', () => {
  const { storage } = openLab().lab.workbench;
  const setHash = addStimuli(storage);
  const rows = (changed: number) =>
    ['P1', 'P2'].flatMap((pseudonym) =>
      [0, 1, 2].map((imageId) => ({ imageId, pseudonym, label: imageId === 1 && pseudonym === 'P2' ? changed : 0 })),
    );
  const table = { setHash, source: 'csv:1', simulated: false };
  const ids = storage.responses.importTable({ ...table, rows: rows(1) }, 1);
  const labels = () => ids.map((id) => storage.responses.current(setHash, id).map(({ label }) => label));
  const steps = storage.responses.importTableSteps({ ...table, rows: rows(2) }, 1);
  const stored = vi.spyOn(storage.responses, 'addIfNew');
  let next = steps.next();
  while (next.done !== true) next = steps.next();
  expect(labels()).toEqual([
    [0, 0, 0],
    [0, 1, 0],
  ]);
  expect(next.value()).toEqual(ids);
  expect(labels()[1]).toEqual([0, 2, 0]);
  expect(stored).toHaveBeenCalledTimes(1);
});
