import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { studySchemaWith } from '../../../main/contract/studies/study.ts';
import { planTraining } from '../../../main/services/declaration/plan.ts';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { type Sweep, sweepSchema } from '../../../main/contributions/effects/contract/sweep.ts';
import { countCells, sweepCells, sweptEntries } from '../../../main/contributions/effects/analysis/sweep-cells.ts';
import { parseStudy } from '../../../main/services/declaration/study-file.ts';
import { studySection } from '../../../main/contributions/effects/study-section.ts';
import { smallStudy } from '../../services/study/small-study.ts';

const base = { architecture: { kind: 'mlp' as const }, targets: [97] };
const architectures = {
  of: 'architecture',
  levels: [{ value: { kind: 'mlp' } }, { value: { kind: 'cnn' } }, { name: 'ViT', value: { kind: 'vit' } }],
};
const optimisers = {
  of: 'optimiser',
  levels: [{ value: { kind: 'adam' } }, { name: 'SGD', value: { kind: 'momentum', stepSize: 0.05 } }],
};
const augmentations = { of: 'augmentation', levels: [{ value: null }, { name: 'augmented', value: {} }] };

const sweepOf = (change: object = {}): Sweep =>
  sweepSchema.parse({ name: 'arch', base, factors: [architectures, optimisers, augmentations], seeds: 2, ...change });

function refusal(change: object): UserError {
  try {
    sweepCells(sweepOf(change));
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  return expect.fail('the sweep was accepted');
}

describe('a full grid', () => {
  const cells = sweepCells(sweepOf());

  it('has every combination, with readable names and recipes with all defaults', () => {
    expect(cells).toHaveLength(12);
    expect(cells.map(({ name }) => name).slice(0, 4)).toEqual([
      'arch-mlp-adam-none',
      'arch-mlp-adam-augmented',
      'arch-mlp-SGD-none',
      'arch-mlp-SGD-augmented',
    ]);
    expect(cells[3]).toMatchObject({
      levels: ['mlp', 'SGD', 'augmented'],
      recipe: {
        architecture: { kind: 'mlp', hidden: [500, 500] },
        optimiser: { kind: 'momentum', stepSize: 0.05, momentum: 0.9 },
        augmentation: { shift: 2 },
      },
    });
    expect(new Set(cells.map(({ seed }) => seed)).size).toBe(12);
  });

  it('keeps every cell, its seed included, when levels, factors and seeds are added or keys are sorted otherwise', () => {
    const wider = sweepOf({
      seeds: 5,
      factors: [
        { ...architectures, levels: [{ value: { hidden: [9], kind: 'mlp' } }, ...architectures.levels] },
        ...[optimisers, augmentations],
      ],
    });
    expect(sweepCells(wider)).toEqual(expect.arrayContaining(cells));
    expect(sweepCells(wider)[0]?.name).toBe('arch-mlp-9-adam-none');
    // A further factor at the base's value is the same network under another name.
    const deeper = sweepOf({
      factors: [...sweepOf().factors, { of: 'batch', levels: [{ value: 128 }, { value: 64 }] }],
    });
    const [same] = sweepCells(deeper);
    expect(same).toMatchObject({ name: 'arch-mlp-adam-none-128', seed: cells[0]?.seed, recipe: cells[0]?.recipe });
  });

  it('leaves out cells that have excluded levels, or has only the listed ones', () => {
    const without = sweepCells(
      sweepOf({ exclude: [{ architecture: 'ViT', optimiser: 'SGD' }, { augmentation: 'none' }] }),
    );
    expect(without.map(({ levels }) => levels.join(' '))).toEqual([
      'mlp adam augmented',
      'mlp SGD augmented',
      'cnn adam augmented',
      'cnn SGD augmented',
      'ViT adam augmented',
    ]);
    const cell = { architecture: 'cnn', optimiser: 'SGD', augmentation: 'none' };
    const listed = sweepCells(sweepOf({ cells: [cell] }));
    expect(listed).toEqual(cells.filter(({ name }) => name === 'arch-cnn-SGD-none'));
  });

  it('becomes models of the study, in a collection of their own', () => {
    const entries = sweptEntries({ sweeps: [sweepOf()] });
    expect(entries).toHaveLength(12);
    expect(entries[0]).toMatchObject({ name: 'arch-mlp-adam-none', group: 'diverse', collection: 'arch', seeds: 2 });
    expect(sweptEntries({})).toEqual([]);
  });
});

describe('ranges', () => {
  const rate = { of: 'optimiser.stepSize', from: 1e-4, to: 1e-1, scale: 'log' };
  const batch = { of: 'batch', from: 16, to: 512, scale: 'log', whole: true };

  it('are sampled by a Latin hypercube, at each combination of the levels, each interval once', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 40 }), (seed, samples) => {
        const cells = sweepCells(sweepOf({ factors: [optimisers, rate, batch], samples, seed }));
        expect(cells).toHaveLength(2 * samples);
        const [adam, sgd] = ['adam', 'SGD'].map((level) => cells.filter(({ levels }) => levels[0] === level));
        expect(adam?.map(({ levels }) => levels.slice(1))).toEqual(sgd?.map(({ levels }) => levels.slice(1)));
        const rates = adam?.map(({ recipe }) => recipe.optimiser.stepSize) ?? [];
        const intervals = rates.map((value) => Math.floor((Math.log10(value) + 4) * (samples / 3)));
        expect(intervals.toSorted((a, b) => a - b)).toEqual([...rates.keys()]);
        expect(adam?.every(({ recipe }) => Number.isInteger(recipe.batch))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('keep the cells that there are when samples are doubled', () => {
    const few = sweepCells(sweepOf({ factors: [rate, batch], samples: 6 }));
    const many = sweepCells(sweepOf({ factors: [rate, batch], samples: 12 }));
    expect(many.slice(0, 6)).toEqual(few);
    expect(few.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5, 6].map((point) => `arch-p${point}`));
  });
});

it('says what is wrong with a sweep, where, and how to mend it', () => {
  const levels = (of: string, ...values: unknown[]): object => ({ of, levels: values.map((value) => ({ value })) });
  const cases: [change: object, what: RegExp, where: string][] = [
    [{ factors: [levels('depth', 1)] }, /A recipe has no "depth"/, 'sweep arch, factors.0.of'],
    [{ factors: [levels('batch', 8), levels('batch', 9)] }, /Two factors are of batch/, 'sweep arch, factors.1.of'],
    [{ factors: [levels('batch', 8, 8)] }, /Two levels of batch are called "8"/, 'sweep arch, factors.0'],
    [{ factors: [levels('optimiser.stepSize', 2)] }, /optimiser\.stepSize: .* in cell arch-2/, 'sweep arch'],
    [{ factors: [levels('optimiser.momentum', 0.5)] }, /optimiser: .* in cell arch-0\.5/, 'sweep arch'],
    [{ factors: [levels('landing', 'é')] }, /would be called "é"/, 'sweep arch, factors.0'],
    [{ factors: [levels('batch', 128, null)] }, /"arch-128" and "arch-none" have the same recipe/, 'sweep arch'],
    [{ exclude: [{ depth: '1' }] }, /The sweep has no factor depth/, 'sweep arch, exclude.0'],
    [{ exclude: [{ optimiser: 'lion' }] }, /optimiser has no level "lion"/, 'sweep arch, exclude.0'],
    [{ exclude: [{}] }, /All cells are left out/, 'sweep arch, exclude'],
    [{ cells: [{ optimiser: 'SGD' }] }, /The cell has no level of architecture/, 'sweep arch, cells.0'],
    [{ factors: [{ of: 'batch', from: 1, to: 9 }] }, /number of samples from the range/, 'sweep arch, samples'],
    [{ samples: 3 }, /No factor is a range/, 'sweep arch, samples'],
  ];
  for (const [change, what, where] of cases) {
    const error = refusal(change);
    expect(error.message).toMatch(what);
    expect([error.where, error.remedy.endsWith('.')]).toEqual([where, true]);
  }
  const long = { name: 'a'.repeat(24), value: 32 };
  const named = {
    name: 'b'.repeat(24),
    factors: [
      { of: 'batch', levels: [long] },
      { of: 'maxEpochs', levels: [{ ...long }] },
    ],
  };
  expect(refusal(named).message).toMatch(/more than 58 characters/);
});

it('counts cells without making them', () => {
  const many = { of: 'batch', levels: Array.from({ length: 100 }, (_, value) => ({ value: value + 1 })) };
  const factors = ['batch', 'maxEpochs', 'tolerance', 'seed', 'a', 'b', 'c', 'd'].map((of) => ({ ...many, of }));
  expect(countCells(sweepOf({ factors }))).toBe(1e16);
});

describe('a study file with sweeps', () => {
  const { models, ...study } = smallStudy() as { models: { name: string; recipe: object }[] };
  const [first] = models;
  const sweep = {
    name: 'size',
    base: first?.recipe,
    factors: [{ of: 'batch', levels: [{ value: 64 }, { value: 32 }] }],
  };
  const parse = (change: object) => () =>
    parseStudy(JSON.stringify({ ...study, models: [first], ...change }), 'my.json', [studySection]);

  it('has their defaults', () => {
    expect(parse({ sweeps: [sweep] })().sweeps).toEqual([{ ...sweepSchema.parse(sweep), seed: 1, seeds: 1 }]);
  });

  it.each([
    [{ sweeps: [sweep, sweep] }, { where: 'my.json, sweeps.1.name' }],
    [{ sweeps: [{ ...sweep, factors: [] }] }, { message: expect.stringContaining('sweeps.0.factors') }],
    [
      { sweeps: [{ ...sweep, exclude: [{ batch: '8' }] }] },
      { code: 'sweep.invalid', where: 'my.json, sweeps.0, exclude.0' },
    ],
    [
      { sweeps: [{ ...sweep, seeds: 6000 }] },
      { message: expect.stringContaining('12,001 models'), where: 'my.json, sweeps' },
    ],
    [
      { models: [first, { ...first, name: 'size-64-s0', seed: 2 }], sweeps: [sweep] },
      { where: 'my.json, sweeps.0.name' },
    ],
  ])('is refused where they make no sense: %#', (change, error) => {
    expect(parse(change)).toThrow(expect.objectContaining(error));
  });
});

it('plans one seed of every cell of a sweep first, and keeps what it planned when levels and seeds are added', () => {
  const batches = (...values: number[]): object => ({ of: 'batch', levels: values.map((value) => ({ value })) });
  const swept = (seeds: number, ...values: number[]) =>
    planTraining(
      studySchemaWith([studySection]).parse({
        ...smallStudy({ generator: null, reference: null, models: [] }),
        stimuli: { source: 'imported', path: 'set.zip' },
        sweeps: [{ name: 'size', base, factors: [batches(...values)], seeds }],
      }),
      'a'.repeat(64),
      [studySection],
    );
  const few = swept(1, 64, 128);
  const many = swept(2, 32, 64, 128);
  expect(few.map(({ role }) => role)).toEqual(['models/size-64-s0', 'models/size-128-s0']);
  expect(many).toEqual(expect.arrayContaining(few));
  expect(many.toSorted((a, b) => b.priority - a.priority).map(({ label }) => label)).toEqual(
    ['s0', 's1'].flatMap((seed) => ['32', '64', '128'].map((batch) => `size-${batch}-${seed}`)),
  );
});
