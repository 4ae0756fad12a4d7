/** What the screen shows of a table before its answers are imported. */
import { expect, test } from 'vitest';
import { previewPeople } from '../../../main/contributions/answers/panels/read.ts';
import { stimulusSet } from '../../storage/records.ts';
import { file } from './panel-helper.ts';

const preview = (lines: readonly string[], kind: 'abstain' | 'set' | null = 'abstain', gone: readonly string[] = []) =>
  previewPeople(
    { path: file(`${lines.join('\n')}\n`), name: 'answers.csv' },
    { set: stimulusSet(10, 12), checkPerson: (pseudonym) => (gone.includes(pseudonym) ? 'withdrawn' : null) },
    { kind, mapping: null },
  );

test('a preview shows the first eight rows, and counts all', async () => {
  const rows = Array.from({ length: 10 }, (_, image) => `${image},P${image % 3},${image % 2 ? 'one' : 'zero'}`);
  const found = await preview(['image,labeler,label', ...rows]);
  expect(found).toMatchObject({
    name: 'answers.csv',
    columns: ['image', 'labeler', 'label'],
    sample: rows.slice(0, 8).map((row) => row.split(',')),
    rows: 10,
    names: ['P0', 'P1', 'P2'],
    problem: null,
    reading: { people: 3, answers: 10 },
  });
});

test('long cells are cut after 200 characters, in rows and names', async () => {
  const long = 'P'.repeat(201);
  const found = await preview(['image,labeler,label', `0,${long},zero`]);
  expect([found.sample, found.names]).toEqual([[['0', 'P'.repeat(200), 'zero']], ['P'.repeat(200)]]);
});

test('a row without a meaning is the problem that is shown, beside the rows', async () => {
  const found = await preview(['image,labeler,label', '0,P1,zero', '0,P1,one']);
  expect(found).toMatchObject({
    rows: 2,
    sample: [
      ['0', 'P1', 'zero'],
      ['0', 'P1', 'one'],
    ],
    reading: null,
  });
  expect(found.problem).not.toBeNull();
});

test('people who withdrew are not read; without a chosen kind, single labels are guessed', async () => {
  const lines = ['image,labeler,label', '0,P1,zero', '1,P2,one'];
  expect(await preview(lines, 'abstain', ['P2'])).toMatchObject({
    reading: { people: 1, answers: 1, findings: { withdrawn: 1 } },
  });
  expect(await preview(lines, null)).toMatchObject({
    mapping: { kind: 'single' },
    reading: { people: 2, answers: 2 },
    rows: 2,
  });
});
