import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { specLayout } from '../../../main/analysis/groups/analyze.ts';
// The commands `analyze` and `stimuli export` are theirs: without them this test is none.
import '../../../main/contributions/folders/index.ts';
import '../../../main/contributions/sets/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { boundary } from '../../services/study/command-line.ts';
import { smallStudy, writeSmallStudy } from '../../services/study/small-study.ts';
import { dumpStudy } from '../../services/study/study-dump.ts';
import { wholeSmallStudy } from '../../services/study/whole-study.ts';

/** Milliseconds: trainings in processes of their own. */
const timeout = 600_000;

const run = (data: string, study: string, ...more: string[]): string[] => [
  '--data',
  data,
  'study',
  'run',
  study,
  '--engine',
  'wasm',
  ...more,
];

test('a report has the numbers of the tables that its study exports, marked as a rehearsal', { timeout }, async () => {
  const folder = temporaryFolder();
  const { data, study } = await wholeSmallStudy();
  const [report, humans, predictions] = [
    join(folder, 'report'),
    join(folder, 'humans.csv'),
    join(folder, 'predictions.csv'),
  ];
  expect(await boundary(run(data, study, '--report', report))).toMatchObject({ code: 0 });
  await boundary(['--data', data, 'responses', 'export', 'small', '--out', humans]);
  await boundary(['--data', data, 'predictions', 'export', 'small', '--out', predictions]);
  const analyzed = await boundary(['analyze', '--humans', humans, '--predictions', predictions]);
  const tables = JSON.parse(readFileSync(join(report, 'tables.json'), 'utf8'));
  expect(JSON.parse(analyzed.stdout)).toEqual({ rehearsal: true, ...specLayout(tables.analysis) });
  expect(readFileSync(humans, 'utf8').split('\n', 2)[1]).toMatch(/,yes$/);
});

test('a study takes a set made elsewhere, and imported labels of a rehearsal stay marked', { timeout }, async () => {
  const folder = temporaryFolder();
  const { data } = await wholeSmallStudy();
  const [set, humans] = [join(folder, 'set.zip'), join(folder, 'humans.csv')];
  await boundary(['--data', data, 'stimuli', 'export', 'small', '--out', set]);
  await boundary(['--data', data, 'responses', 'export', 'small', '--out', humans]);
  const elsewhere = join(folder, 'elsewhere');
  const imported = writeSmallStudy(folder, {
    generator: null,
    reference: null,
    stimuli: { source: 'imported', path: 'set.zip' },
    labelers: { source: 'csv', path: 'humans.csv' },
    models: (smallStudy() as { models: object[] }).models.slice(0, 2),
  });
  const result = await boundary(run(elsewhere, imported));
  expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
  expect(result.stdout).toContain('simulated labelers (rehearsal only)');
  const [there, here] = [dumpStudy(elsewhere), dumpStudy(data)];
  expect(there.sets).toEqual(here.sets);
  expect(there.predictions).toHaveLength(2 * 2);
  expect(here.predictions).toEqual(expect.arrayContaining(there.predictions));
  expect(there.responses.map((row) => (row as { simulated: number }).simulated)).not.toContain(0);
});
