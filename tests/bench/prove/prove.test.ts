import { beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { trainingTask } from '../benches/training.ts';
import {
  checkConformance,
  checkItself,
  describeEngine,
  fullPlan,
  measureMemory,
  measureSeeds,
  measureSpeed,
  type ProofPlan,
} from './prove-engine.ts';
import { ownProgram } from '../sides/sides.ts';

const tiny: ProofPlan = {
  ...fullPlan,
  repeated: ['mlp'],
  groups: ['mlp', 'dropout'],
  memorySteps: 10,
  timed: ['mlp'],
  rounds: 2,
  seconds: 0.01,
  images: 100,
  seeds: [{ model: 'mlp', counts: [2] }],
};
const quiet = (): void => undefined;
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm');
});

test('an engine is proven: it computes what it should, keeps no tensor, and is timed', {
  timeout: 300_000,
}, async () => {
  expect(await describeEngine(engine, undefined)).toMatchObject({ name: 'wasm', hardware: 'processor' });
  expect((await checkItself(engine)).state).toBe('passed');
  const conformance = await checkConformance(engine, tiny, quiet);
  expect(conformance.state).toBe('passed');
  expect(conformance.checks.map(({ group }) => group)).toEqual(['dropout', 'mlp', 'mlp']);
  expect(await measureMemory(engine, tiny)).toMatchObject({ state: 'passed', models: [{ model: 'mlp' }] });
  expect(await measureSeeds(engine, tiny, quiet)).toMatchObject({ state: 'passed', works: [{ seeds: 2 }] });
  const speed = await measureSpeed(tiny, (model) => [ownProgram('wasm', trainingTask(model), null)], quiet);
  expect(speed.works.map(({ work, sides }) => [work, sides.map(({ blocks }) => blocks.length)])).toEqual([
    ['step', [2]],
    ['evaluation', [2]],
  ]);
});

test('a broken op is found and named, and a side that fails leaves the engine its own times', {
  timeout: 300_000,
}, async () => {
  const leaking: Engine = { ...engine, ops: { ...engine.ops, relu: (x) => engine.ops.leakyRelu(x, 0.01) } };
  expect(await checkItself(leaking)).toMatchObject({ state: 'failed' });
  const { state, checks } = await checkConformance(leaking, tiny, quiet);
  expect(state).toBe('failed');
  expect(checks.find(({ failure }) => failure !== null)).toMatchObject({
    name: 'has the gradients of the reference',
    failure: expect.stringContaining('off by'),
  });
  const dying = { name: 'PyTorch', command: process.execPath, args: ['-e', 'process.exit(3)'], environment: {} };
  const { works } = await measureSpeed(tiny, (model) => [ownProgram('wasm', trainingTask(model), null), dying], quiet);
  expect(works).toMatchObject([
    { state: 'failed', message: expect.stringContaining('PyTorch'), sides: [{ side: 'wasm' }] },
  ]);
});
