import { describe, expect, test } from 'vitest';
import { type Comparison, comparisonTable, speeds } from './comparison.ts';
import { parityTable } from './benches/parity.ts';
import { growth, isFlat } from './memory-growth.ts';
import { describeRun } from './machine.ts';

const samples = (side: string, wall: number[]) => ({
  side,
  wall,
  cpu: wall.map((ms) => ms / 2),
  values: [],
  memory: 0,
});
const step = (sides: Comparison['samples']): Comparison => ({
  what: 'MLP step',
  needed: { tensorflow: 1.7, wasm: 0.6 },
  samples: sides,
  notes: {},
});

describe('a comparison', () => {
  const sides = [samples('tensorflow', [5, 5, 5]), samples('wasm', [20, 20, 20]), samples('PyTorch', [10, 10, 10])];

  test("gives each side's speed relative to PyTorch", () => {
    const found = speeds(step(sides));
    expect(found.map(({ side, wall }) => [side, wall.ratio])).toEqual([
      ['tensorflow', 2],
      ['wasm', 0.5],
    ]);
  });

  test('shows in its table whether the required speed was met', () => {
    const [, , tensorflow, wasm, peer] = comparisonTable([step(sides)]).split('\n');
    expect(tensorflow).toMatch(/MLP step .* tensorflow .* 2\.00x .* 1\.70x met \|$/);
    expect(wasm).toMatch(/wasm .* 0\.50x .* 0\.60x MISSED \|$/);
    expect(peer).toMatch(/PyTorch \|\s+10\.0 \/ 10\.0 \|\s+5\.00 \/ 5\.00 /);
  });

  test('without PyTorch shows times alone', () => {
    const table = comparisonTable([step(sides.slice(0, 2))]);
    expect(speeds(step(sides.slice(0, 2)))).toEqual([]);
    expect(table).toContain('5.00 / 5.00');
    expect(table).not.toMatch(/\dx/);
  });
});

test('accuracies are compared by their means', () => {
  const trials = [
    ...[97, 97.2, 97.1].map((accuracy, k) => ({ side: 'wasm', model: 'mlp', seed: k + 1, accuracy })),
    ...[97.1, 97.3, 97].map((accuracy, k) => ({ side: 'PyTorch', model: 'mlp', seed: k + 1, accuracy })),
    ...[90, 90.1, 90.2].map((accuracy, k) => ({ side: 'wasm', model: 'vit', seed: k + 1, accuracy })),
    ...[94, 94.1, 94.2].map((accuracy, k) => ({ side: 'PyTorch', model: 'vit', seed: k + 1, accuracy })),
  ].map((trial) => ({ ...trial, task: '', date: '', versions: {} }));
  const [, , mlp, , vit] = parityTable(trials).split('\n');
  expect(mlp).toMatch(/MLP .* wasm .* 97\.00, 97\.20, 97\.10 .* -0\.03 \+- 0\.\d\d .* within noise/);
  expect(vit).toMatch(/ViT .* -4\.00 \+- 0\.\d\d .* BEYOND NOISE/);
});

describe('memory', () => {
  const MiB = 2 ** 20;
  const run = (resident: (step: number) => number) =>
    Array.from({ length: 40 }, (_, k) => ({ step: 50 * (k + 1), resident: resident(50 * (k + 1)) }));

  test('that was allocated at the start is no growth', () => {
    const samples = run((at) => (at < 300 ? 100 : 200) * MiB);
    expect(growth(samples)).toBe(0);
    expect(isFlat(samples)).toBe(true);
  });

  test('that grows by 20 KB a step is not flat', () => {
    expect(isFlat(run((at) => 200 * MiB + 20_000 * at))).toBe(false);
  });
});

test('a run is described without the name of the machine', () => {
  const machine = {
    platform: 'linux' as const,
    architecture: 'x64',
    cpu: 'Some CPU',
    cores: 2,
    memory: 8 * 2 ** 30,
    node: '24.0.0',
    flags: ['avx2', 'avx512f'],
  };
  const run = {
    machine,
    versions: { commit: 'abc', changed: 'no', tensorflow: 'TensorFlow 2.21.0 (cpu)' },
    date: new Date('2026-01-02T03:04:05Z'),
    load: { before: [0.1, 0, 0], after: [1, 0, 0] },
    options: { isa: null, rounds: 5, seconds: 0.5 },
  };
  expect(describeRun(run)).toBe(
    'Measured 2026-01-02 on Some CPU, 2 cores, AVX-512, 8 GiB, Node 24.0.0, TensorFlow 2.21.0 (cpu), commit abc, ' +
      '5 blocks of about 0.5 s, load of the machine 0.1 before, 1 after.',
  );
});
