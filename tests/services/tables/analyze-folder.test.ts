import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyzeFolder } from '../../../main/services/tables/analyze-folder.ts';
import { claimFixtures } from '../../fixtures/fixtures.ts';
import { differences } from '../../analysis/same.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const fixture = fileURLToPath(new URL('../../fixtures/shared-fixture-3', import.meta.url));
const expected = JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as Record<string, object>;

/** A copy of the fixture in which a file is replaced; null: removed. */
function changed(files: Record<string, string | null | ((text: string) => string)>): string {
  const folder = join(temporaryFolder(), 'tables');
  cpSync(fixture, folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (content === null) rmSync(path);
    else writeFileSync(path, typeof content === 'string' ? content : content(readFileSync(path, 'utf8')));
  }
  return folder;
}

const written = (result: object): unknown => JSON.parse(JSON.stringify(result));

describe('analyzeFolder', () => {
  it('gives the effects and the table of expected.json of shared-fixture-3, to 1e-9', async () => {
    const { effects, table } = expected;
    expect(differences(written(await analyzeFolder(fixture)), { effects, table })).toEqual([]);
  });

  it.each(claimFixtures)('gives what the reference gives of %s, to 1e-9', async (name) => {
    const folder = fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
    const known: unknown = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
    expect(differences(written(await analyzeFolder(folder)), known)).toEqual([]);
  });

  it('does not depend on the order of rows', async () => {
    const reversed = (text: string): string => {
      const [header, ...rows] = text.trim().split('\n');
      return [header, ...rows.reverse()].join('\n');
    };
    const names = ['images.csv', 'labels.csv', 'people.csv', 'values.csv', 'softmax.csv'];
    const folder = changed(Object.fromEntries(names.map((name) => [name, reversed])));
    expect(differences(written(await analyzeFolder(folder)), written(await analyzeFolder(fixture)))).toEqual([]);
  });

  it('gives what the folder has', async () => {
    expect(await analyzeFolder(changed({ 'design.json': null }))).toEqual({ table: expect.anything() });
    const withoutSoftmax = await analyzeFolder(changed({ 'softmax.csv': null, 'design.json': null }));
    expect(withoutSoftmax.table?.groups.low?.values.js_bits).toMatchObject({
      estimate: null,
      claims: { anchors: { reason: 'undefined' } },
    });
  });

  it('says that people are needed where nobody labelled', async () => {
    const folder = changed({ 'people.csv': 'image,labeler,label\n', 'design.json': null });
    const { table } = await analyzeFolder(folder);
    expect(table?.groups.low?.values).toMatchObject({
      type_a_pct: { estimate: null, default: 'anchors' },
      human_disagree_pct: { estimate: null, default: 'anchors' },
      any_differ_pct: { claims: { anchors: { reason: null } } },
    });
  });

  it.each<[string, Parameters<typeof changed>[0], object]>([
    ['neither description', { 'design.json': null, 'table.json': null }, { code: 'analyze.no-description' }],
    ['no JSON', { 'design.json': '{' }, { code: 'experiment.json', where: expect.stringContaining('design.json') }],
    [
      'a wrong type',
      { 'table.json': '{"groups": 3}' },
      { code: 'experiment.json', message: expect.stringContaining('groups') },
    ],
    [
      'a run that is not there',
      { 'table.json': '{"groups": [{"name": "a", "runs": ["x"], "sample": true}]}' },
      { code: 'analyze.unknown-name', message: 'There is no run x' },
    ],
    [
      'a group outcome without its size',
      { 'design.json': '{"outcomes": [{"name": "a", "type": "type_a"}]}' },
      { code: 'experiment.json', message: expect.stringContaining('m') },
    ],
    [
      'a factor that is not there',
      { 'design.json': '{"within": ["colour"]}' },
      { code: 'analyze.unknown-name', message: 'runs.csv has no factor colour' },
    ],
    [
      'blocks of two classes',
      { 'design.json': '{"outcomes": [{"name": "a", "type": "wrong"}]}' },
      { code: 'analyze.blocks' },
    ],
    [
      'values that are missing',
      { 'values.csv': null },
      { code: 'analyze.unknown-name', message: expect.stringContaining('values.csv') },
    ],
    [
      'an image that is not there',
      { 'labels.csv': (text) => `${text}CNN-0.0005-s0-97.5,99999,1\n` },
      { code: 'experiment.unknown-image', where: expect.stringMatching(/labels\.csv, row \d+$/) },
    ],
    [
      'a label twice',
      { 'labels.csv': (text) => `${text}CNN-0.0005-s0-97.5,0,1\n` },
      { code: 'experiment.label-twice' },
    ],
    [
      'a run without a label',
      { 'labels.csv': (text) => text.replace('CNN-0.0005-s0-97.5,0,0\n', '') },
      { code: 'experiment.label-missing', message: 'Run "CNN-0.0005-s0-97.5" has no label of image 0' },
    ],
    [
      'two runs of a block in one cell',
      { 'runs.csv': (text) => `${text}again,CNN-0.0005-s0,CNN,0.0005,97.5\n` },
      { code: 'experiment.cell-twice' },
    ],
    [
      'a pair the wrong way round',
      { 'images.csv': 'image,pair_i,pair_j,alpha\n0,3,1,0.5\n' },
      { code: 'experiment.pair-order', where: expect.stringContaining('row 2') },
    ],
  ])('refuses %s', async (_, files, error) => {
    await expect(analyzeFolder(changed(files))).rejects.toMatchObject({ name: 'UserError', ...error });
  });
});
