import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { ownGenerator } from '../../../main/domain/plans/declaration.ts';
import { loadStudy, parseStudy, presetNames } from '../../../main/services/declaration/study-file.ts';

const resources = join(import.meta.dirname, '../../../resources');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'study-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const minimal = {
  schema: 'boundary-workbench/study/1',
  name: 'minimal',
  title: 'Minimal',
  dataSet: { source: 'mnist' },
  generator: null,
  reference: null,
  stimuli: { source: 'imported', path: 'set' },
  models: [{ name: 'MLP1', group: 'diverse', recipe: { architecture: { kind: 'mlp' }, targets: [97.5] } }],
};

const model = (change: object): object => ({ ...minimal.models[0], ...change });
const targets = (count: number): number[] => Array.from({ length: count }, (_, index) => 90 + index / 10);
const listed = (count: number): object => ({ kind: 'listed', pairs: Array.from({ length: count }, () => [0, 1]) });

function refusal(change: object): UserError {
  try {
    parseStudy(JSON.stringify({ ...minimal, ...change }), 'my.json', []);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  return expect.fail('the study was accepted');
}

describe('a study file', () => {
  it('is completed with the defaults of its schema', () => {
    const study = parseStudy(JSON.stringify(minimal), 'my.json', []);
    expect(study.models[0]?.recipe.optimiser).toMatchObject({ kind: 'adam', stepSize: 5e-4, epsilon: 1e-8 });
    expect(study.labelers).toEqual({ source: 'none' });
  });

  it('with unknown keys is refused, and the key named', () => {
    expect(refusal({ generatr: {} }).message).toContain('generatr');
    const nested = refusal({ models: [{ ...minimal.models[0], recipe: { ...minimal.models[0]?.recipe, epochs: 3 } }] });
    expect(nested.message).toContain('epochs');
    expect(nested.where).toContain('models.0.recipe');
  });

  it('keeps the sections that nothing reads as they stand', () => {
    const sections = { sweeps: [{ name: 'size', factors: 3 }], teaching: { made: null } };
    expect(parseStudy(JSON.stringify({ ...minimal, ...sections }), 'my.json', [])).toMatchObject(sections);
  });

  it('with parts that do not fit together is refused', () => {
    expect(refusal({ stimuli: { source: 'generated' } }).where).toContain('generator');
    const generator = { recipe: { kind: 'dcgan28', steps: 250, sampleEvery: 100 } };
    expect(refusal({ generator: { ...generator, checkpoint: 150 } }).where).toContain('generator.checkpoint');
    for (const checkpoint of [100, 200, 250, null]) {
      const text = JSON.stringify({ ...minimal, generator: { ...generator, checkpoint } });
      expect(ownGenerator(parseStudy(text, 'my.json', []))?.checkpoint).toBe(checkpoint);
    }
    expect(refusal({ models: [minimal.models[0], minimal.models[0]] }).message).toContain('MLP1');
  });

  it.each([
    [
      '10,000,000 models',
      { models: [{ ...minimal.models[0], group: 'seeds', repeats: 1000, seeds: 10_000 }] },
      'models',
    ],
    [
      '320,000 snapshots',
      { models: [model({ seeds: 10_000, recipe: { architecture: { kind: 'mlp' }, targets: targets(32) } })] },
      'models',
    ],
    ['2,002,000 images', { stimuli: { source: 'generated', design: listed(2000), alphas: 1001 } }, 'stimuli'],
    [
      '11,000,000 labels',
      {
        stimuli: { source: 'generated', design: listed(1000), alphas: 11 },
        labelers: { source: 'rehearsal', count: 1000 },
      },
      'labelers.count',
    ],
  ])('that asks for %s is refused, with the cap', (asked, change, key) => {
    const error = refusal(change);
    expect(error.message).toMatch(new RegExp(`asks for ${asked}; at most [\\d,]+ are possible`));
    expect(error.where).toBe(`my.json, ${key}`);
  });

  it('may ask for as many models as the cap says', () => {
    const study = parseStudy(JSON.stringify({ ...minimal, models: [model({ seeds: 10_000 })] }), 'my.json', []);
    expect(study.models).toMatchObject([{ seeds: 10_000 }]);
  });

  it.each([
    ['names that two entries make', [{ name: 'A', seeds: 2 }, { name: 'A-s1' }], /Two models are called "A-s1"/],
    ['repeats of a diverse model', [{ repeats: 2 }], /Only a seed study has repeats/],
    ['seeds beyond 32 bits', [{ seed: 0xffff_fffe, seeds: 3 }], /seed above 4294967295/],
    ['a target twice', [{ recipe: { architecture: { kind: 'mlp' }, targets: [98, 98] } }], /target 98 occurs twice/],
    [
      'more epochs than it may train',
      [{ recipe: { architecture: { kind: 'mlp' }, targets: ['epochs 41'] } }],
      /41 epochs is beyond the last epoch, 40/,
    ],
    [
      'a budget that lands on its trend',
      [{ recipe: { architecture: { kind: 'mlp' }, targets: ['loss 0.1'], landing: 'trend' } }],
      /landing "trend" says which accuracy meets a target, and loss 0.1 is no accuracy/,
    ],
    [
      'a stop on half of the test images',
      [{ recipe: { architecture: { kind: 'mlp' }, targets: [98], landing: 'half' } }],
      /no longer stops trainings on half of the test images/,
    ],
    ['two seed studies of one cell', [{ group: 'seeds' }, { name: 'B', group: 'seeds' }], /would be counted as one/],
    ['one network under two names', [{}, { name: 'B' }], /"MLP1" and "B" are the same network/],
    [
      'a seed of two entries',
      [
        { seed: 1, seeds: 3 },
        { name: 'B', seed: 3 },
      ],
      /"MLP1-s2" and "B" are the same network/,
    ],
  ])('with %s is refused', (_, changes, message) => {
    const models = changes.map((change) => ({ ...minimal.models[0], ...change }));
    expect(refusal({ models }).message).toMatch(message);
  });

  it('may have seeds up to the last one, and seed studies of different targets', () => {
    const [model] = minimal.models;
    const at = (target: number) => ({ recipe: { architecture: { kind: 'mlp' }, targets: [target] } });
    const seeds = { ...model, group: 'seeds', seed: 0xffff_fffe, seeds: 2 };
    const models = [
      { ...seeds, name: 'A', ...at(97) },
      { ...seeds, name: 'B', ...at(98) },
    ];
    expect(parseStudy(JSON.stringify({ ...minimal, models }), 'my.json', []).models).toHaveLength(2);
  });

  it.each(['{', '', 'null', '[]', '"quick"', '{"schema": 1}'])('that is %j is refused', (text) => {
    expect(() => parseStudy(text, 'my.json', [])).toThrow(UserError);
  });

  it('is found by path, with a byte order mark or without, and by preset name', () => {
    const path = join(folder, 'my.json');
    writeFileSync(path, `\uFEFF${JSON.stringify(minimal)}`);
    expect(loadStudy(path, resources, []).folder).toBe(folder);
    for (const preset of presetNames(resources)) expect(loadStudy(preset, resources, []).study.name).toBe(preset);
    expect(presetNames(resources)).toEqual(expect.arrayContaining(['paper', 'quick']));
  });

  it('that does not exist, is a folder or is huge gives a clear error', () => {
    expect(() => loadStudy('no-such-study', resources, [])).toThrow(/no study "no-such-study"/);
    expect(() => loadStudy(`${folder}/`, resources, [])).toThrow(UserError);
    const large = join(folder, 'large.json');
    writeFileSync(large, ' '.repeat(5 * 1024 * 1024));
    expect(() => loadStudy(large, resources, [])).toThrow(/too large/);
  });
});
