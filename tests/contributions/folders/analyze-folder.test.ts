import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyzeFolder } from '../../../main/contributions/folders/analyze-folder.ts';
import { claimFixtures, multiplicityFixtures } from '../../fixtures/fixtures.ts';
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

const trainingOf = (reference: string): string => JSON.stringify({ reference, order: 3, margin: 0.001 });

const twoRankings = JSON.stringify({
  within: ['target'],
  outcomes: [{ name: 'o', type: 'wrong' }],
  rankings: Array.from({ length: 2 }, () => ({ name: 'r', outcome: 'o', recipes: [] })),
});

const tooManyEffects = JSON.stringify({
  within: ['target'],
  outcomes: Array.from({ length: 1000 }, (_, o) => ({ name: `o${o}`, type: 'wrong' })),
  contrasts: Array.from({ length: 100 }, (_, c) => ({ name: `c${c}`, type: 'mean', at: {} })),
});

/** 52 images of ten classes, labeled by 300 people, of whom effects ask 300 at a time. */
const tooLarge = {
  'people.csv': `image,labeler,label\n${Array.from({ length: 52 * 300 }, (_, cell) => `${cell % 52},P${Math.floor(cell / 52)},0\n`).join('')}`,
  'design.json': JSON.stringify({
    within: ['target'],
    outcomes: Array.from({ length: 30 }, (_, o) => ({ name: `o${o}`, type: 'wrong', people: 'random', h: 300 })),
    contrasts: Array.from({ length: 20 }, (_, c) => ({ name: `c${c}`, type: 'mean', at: {} })),
  }),
};

const written = (result: object): unknown => JSON.parse(JSON.stringify(result));

describe('analyzeFolder', () => {
  it('gives all of shared-fixture-3 but the adaptive sessions, to 1e-9', async () => {
    const { adaptive: _, ...known } = expected;
    expect(differences(written(await analyzeFolder(fixture)), known)).toEqual([]);
  });

  it.each([...claimFixtures, ...multiplicityFixtures])(
    'gives what the reference gives of %s, to 1e-9',
    async (name) => {
      const folder = fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
      const known: unknown = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
      expect(differences(written(await analyzeFolder(folder)), known)).toEqual([]);
    },
  );

  it('does not depend on the order of rows', async () => {
    const reversed = (text: string): string => {
      const [header, ...rows] = text.trim().split('\n');
      return [header, ...rows.reverse()].join('\n');
    };
    const names = ['images', 'labels', 'people', 'values', 'softmax', 'counts', 'abstain', 'sets', 'graded'];
    const folder = changed(Object.fromEntries(names.map((name) => [`${name}.csv`, reversed])));
    expect(differences(written(await analyzeFolder(folder)), written(await analyzeFolder(fixture)))).toEqual([]);
  });

  it('gives what the folder has', async () => {
    const parts = {
      'design.json': null,
      'responses.json': null,
      'multiplicity.json': null,
      'meta.json': null,
      'training.json': null,
    };
    expect(await analyzeFolder(changed(parts))).toEqual({ table: expect.anything() });
    const counts = { ...parts, 'table.json': null, 'responses.json': '{"group": []}' };
    const others = { 'abstain.csv': null, 'sets.csv': null, 'graded.csv': null };
    expect(await analyzeFolder(changed({ ...counts, ...others }))).toEqual({
      responses: { counts: expect.anything() },
    });
    const meta = temporaryFolder();
    writeFileSync(join(meta, 'meta.json'), '[{"name": "alone", "studies": []}]');
    expect(await analyzeFolder(meta)).toMatchObject({ heterogeneity: { alone: { k: 0, reason: 'one_study' } } });
    const withoutSoftmax = await analyzeFolder(changed({ 'softmax.csv': null, 'design.json': null }));
    expect(withoutSoftmax.table?.groups.low?.values.js_bits).toMatchObject({
      estimate: null,
      claims: { anchors: { reason: 'undefined' } },
    });
  });

  it('says that people are needed where nobody labeled', async () => {
    const folder = changed({ 'people.csv': 'image,labeler,label\n', 'design.json': null });
    const { table } = await analyzeFolder(folder);
    expect(table?.groups.low?.values).toMatchObject({
      type_a_pct: { estimate: null, default: 'anchors' },
      human_disagree_pct: { estimate: null, default: 'anchors' },
      any_differ_pct: { claims: { anchors: { reason: null } } },
    });
  });

  it('gives a class without a column of softmax the probability 0', async () => {
    const narrow = (text: string): string =>
      text.replaceAll(/,[^,\n]*(?=\n)/g, '').replaceAll(/^([^,]*,\d+)(,.*)$/gm, '$1,1,0,0,0,0,0,0,0,0');
    const wide = (text: string): string => narrow(text).replaceAll(/,0$/gm, ',0,0').replace(',p8', ',p8,p9');
    const results = await Promise.all(
      [narrow, wide].map(async (softmax) => analyzeFolder(changed({ 'softmax.csv': softmax, 'design.json': null }))),
    );
    expect(results[0]?.table?.groups.low?.values.js_bits?.estimate).toBeGreaterThan(0);
    expect(written(results[0] ?? {})).toEqual(written(results[1] ?? {}));
  });

  it('takes a description as Windows writes it, with a byte order mark', async () => {
    const folder = changed({ 'table.json': (text) => `\uFEFF${text}`, 'design.json': null });
    expect((await analyzeFolder(folder)).table?.n_pairs).toBe(7);
  });

  it('finds no cell for a factor that only an object has', async () => {
    const contrasts = [{ name: 'a', type: 'slope', factor: 'constructor' }];
    const outcomes = [{ name: 'o', type: 'value', scale: 'real' }];
    const folder = changed({
      'design.json': JSON.stringify({ within: ['target'], outcomes, contrasts }),
      'table.json': null,
    });
    expect((await analyzeFolder(folder)).effects?.outcomes.o?.a).toMatchObject({ reason: 'no_cell', estimate: null });
  });

  it.each<[string, Parameters<typeof changed>[0], object]>([
    [
      'a group with an unknown run',
      { 'responses.json': '{"group": ["nobody"]}' },
      { code: 'analyze.unknown-name', message: 'There is no run nobody' },
    ],
    [
      'responses without answers',
      { 'counts.csv': null, 'abstain.csv': null, 'sets.csv': null, 'graded.csv': null },
      { code: 'analyze.no-responses' },
    ],
    [
      'half a person',
      { 'counts.csv': (text) => text.replace(/\n0,53/, '\n0,53.5') },
      { code: 'csv.not-a-number', where: expect.stringMatching(/counts\.csv, row 2$/) },
    ],
    [
      'counts of an image twice',
      { 'counts.csv': (text) => `${text}0,1,0,0,0,0,0,0,0,0,0\n` },
      { code: 'experiment.image-twice' },
    ],
    [
      'a set with a class twice',
      { 'sets.csv': (text) => text.replace(/H01,0\n/, 'H01,0|0\n') },
      { code: 'experiment.label-twice', where: expect.stringMatching(/sets\.csv, row 2$/) },
    ],
    [
      'a class rated twice by one person',
      { 'graded.csv': (text) => `${text}0,R1,0,5\n` },
      { code: 'experiment.label-twice' },
    ],
    [
      'a rating that is no number',
      { 'graded.csv': (text) => text.replace('0,R1,0,100', '0,R1,0,much') },
      { code: 'csv.not-a-number', where: expect.stringMatching(/graded\.csv, row 2$/) },
    ],
    [
      'an answer that is neither a class nor ?',
      { 'abstain.csv': (text) => text.replace('H01,0', 'H01,maybe') },
      { code: 'csv.not-a-number', where: expect.stringMatching(/abstain\.csv, row 2$/) },
    ],
    [
      'a run twice in a group',
      {
        'table.json': '{"groups": [{"name": "a", "runs": ["MLP-0.001-s0-97.5", "MLP-0.001-s0-97.5"], "sample": true}]}',
      },
      { code: 'analyze.named-twice', message: 'a lists a run twice' },
    ],
    [
      'two rankings of one name',
      { 'design.json': twoRankings },
      { code: 'analyze.named-twice', message: 'Two entries have the name r' },
    ],
    [
      'a member twice',
      { 'multiplicity.json': (text) => text.replace('CNN-0.0005-s1-98.5', 'CNN-0.0005-s0-98.5') },
      { code: 'analyze.named-twice', message: 'members lists a run twice', where: 'multiplicity.json' },
    ],
    [
      'two test agreements of one pair',
      {
        'multiplicity.json': (text) =>
          text.replace('s0-98.5",\n    "b": "CNN-0.0005-s2', 's0-98.5",\n    "b": "CNN-0.0005-s1'),
      },
      { code: 'analyze.named-twice', message: expect.stringContaining('has two agreements of CNN-0.0005-s0-98.5') },
    ],
    [
      'an agreement that is no share',
      { 'multiplicity.json': (text) => text.replace('0.9842', '98.42') },
      { code: 'experiment.json', message: expect.stringContaining('agreement_test.pairs.0.agreement') },
    ],
    [
      'a standard error that no weight can be made of',
      { 'meta.json': '[{"name": "a", "studies": [{"name": "b", "estimate": 1, "se": 1e-300}]}]' },
      { code: 'experiment.json', message: '0.studies.0.se: at least 1e-50, or 0' },
    ],
    [
      'a value of which no variance can be computed',
      { 'values.csv': (text) => text.replace(/,0\.\d+\n/, ',1e200\n') },
      { code: expect.stringContaining('csv.'), where: expect.stringMatching(/values\.csv, row 2$/) },
    ],
    [
      'more effects than can be computed in seconds',
      { 'design.json': tooManyEffects },
      { code: 'analyze.too-many-effects', where: 'design.json' },
    ],
    [
      'few effects of many people and runs',
      tooLarge,
      {
        code: 'analyze.too-large',
        where: 'design.json',
        remedy: expect.stringContaining('fewer runs, images'),
        message: expect.stringMatching(
          /^30 outcomes of 39 runs, 52 images and 300 labelers are about \d+ times what is computed at once$/,
        ),
      },
    ],
    [
      'no object',
      { 'design.json': 'null' },
      { code: 'experiment.json', message: expect.stringMatching(/^The content: /) },
    ],
    [
      'no description',
      {
        'design.json': null,
        'table.json': null,
        'responses.json': null,
        'meta.json': null,
        'multiplicity.json': null,
        'training.json': null,
      },
      { code: 'analyze.no-description' },
    ],
    ['an arm that is not there', { 'training.json': trainingOf('none') }, { code: 'analyze.unknown-name' }],
    [
      'a network without a row of a held-out image',
      { 'arms.csv': (text: string) => text.replace(/^alpha_hard,s1,0,.*\n/m, '') },
      { code: 'training.softmax-missing', message: expect.stringContaining('image 0') },
    ],
    [
      'a network with two rows of an image',
      { 'arms.csv': (text: string) => text.replace(/^(alpha_hard,s1,0,.*\n)/m, '$1$1') },
      { code: 'experiment.label-twice' },
    ],
    [
      'a teacher without a row of an image that is taught',
      { 'teacher.csv': (text: string) => text.replace(/^t1,0,.*\n/m, '') },
      { code: 'training.softmax-missing' },
    ],
    [
      'nobody who examines',
      { 'heldout.csv': 'image,labeler,label\n' },
      { code: 'training.no-labels', where: expect.stringContaining('heldout.csv') },
    ],
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
      { 'design.json': '{"within": ["color"]}' },
      { code: 'analyze.unknown-name', message: 'runs.csv has no factor color' },
    ],
    [
      'a factor of a contrast that a schema would leave out',
      {
        'design.json':
          '{"within": ["target"], "outcomes": [{"name": "o", "type": "value"}], "contrasts": [{"name": "a", "type": "mean", "at": {"__proto__": "1"}}]}',
      },
      { code: 'experiment.json', message: 'A factor cannot be called __proto__' },
    ],
    [
      'a factor of that name in runs.csv',
      { 'runs.csv': (text) => text.replace(/[^,\n]+(?=\n)/, '__proto__') },
      { code: 'experiment.factor-name', where: expect.stringMatching(/runs\.csv, row 1$/) },
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
