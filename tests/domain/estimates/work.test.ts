import { expect, test } from 'vitest';
import {
  briefSeconds,
  classifierWork,
  type DataSetSize,
  generatorWork,
  speedFactor,
  stepWithEvaluations,
} from '../../../main/domain/estimates/work.ts';
import { classifierRecipeSchema, generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';

const digits: DataSetSize = {
  width: 28,
  height: 28,
  channels: 1,
  classes: 10,
  trainCount: 60_000,
  testCount: 10_000,
  isDigits: true,
};
const work = (recipe: object, shape = digits) =>
  classifierWork(
    classifierRecipeSchema.parse({ architecture: { kind: 'mlp' }, targets: [97.5], ...recipe }),
    'wasm',
    shape,
  );
const ms = (kind: string, shape = digits, patch = 7): number =>
  work({ architecture: kind === 'vit' ? { kind, patch } : { kind } }, shape).stepMs;

test('a step takes longer on larger images, in color and for more classes', () => {
  const photos = { ...digits, width: 32, height: 32, channels: 3 as const };
  for (const kind of ['mlp', 'cnn'] as const) expect(ms(kind, photos)).toBeGreaterThan(1.2 * ms(kind));
  // Four times as many patches as of 16 pixels.
  expect(ms('vit', photos, 8)).toBeGreaterThan(2.5 * ms('vit', photos, 16));
  expect(ms('mlp', { ...digits, classes: 1000 })).toBeGreaterThan(1.5 * ms('mlp'));
});

test('a smaller network takes less time a step, though not in proportion, and more steps', () => {
  const [small, usual] = [work({ architecture: { kind: 'mlp', hidden: [64] } }), work({})];
  expect(small.stepMs).toBeLessThan(usual.stepMs / 5);
  expect(small.stepMs).toBeGreaterThan(usual.stepMs / 13);
  expect(small.steps).toBeGreaterThan(2 * usual.steps);
});

test('harder targets take more steps; epochs are certain, and the last epoch ends every training', () => {
  expect(work({ targets: [98.5] }).steps).toBeGreaterThan(3 * work({}).steps);
  expect(work({ targets: ['epochs 3'] })).toMatchObject({ steps: 3 * 468, isFixed: true });
  expect(work({ targets: [99.9], maxEpochs: 2 }).steps).toBe(2 * 468);
  expect(work({}).isFixed).toBe(false);
});

test('other images take as many steps as the brief trainings that proposed their target', () => {
  const own = { ...digits, isDigits: false };
  expect(work({ targets: [72] }, own).steps).toBe(400);
  // Few images: 20 epochs of three steps.
  expect(work({ targets: [94], batch: 71 }, { ...own, trainCount: 288, testCount: 72 }).steps).toBe(80);
});

test('a generator takes the steps of its recipe, by its size', () => {
  const recipe = (kind: string) => generatorRecipeSchema.parse({ kind, steps: 500 });
  const [large, small] = [generatorWork(recipe('dcgan64'), 'wasm'), generatorWork(recipe('dcgan28'), 'wasm')];
  const narrow = generatorWork(generatorRecipeSchema.parse({ kind: 'dcgan28', steps: 500, features: 8 }), 'wasm');
  // An eighth of the features is a quarter of the time at most, and far more than a 64th.
  expect(narrow.stepMs / small.stepMs).toBeGreaterThan(0.1);
  expect(narrow.stepMs / small.stepMs).toBeLessThan(0.3);
  expect([large.steps, large.isFixed, small.stepMs < large.stepMs / 5]).toEqual([500, true, true]);
});

test('usual recipes take what was measured of them, as steps and milliseconds a step', () => {
  const kinds = ['mlp', 'cnn', 'vit', 'resnet', 'lenet', 'mixer'] as const;
  const all = kinds.flatMap((kind) =>
    (['tensorflow', 'wasm'] as const).map((engine) => {
      const recipe = classifierRecipeSchema.parse({ architecture: { kind }, targets: [97.5] });
      const { steps, stepMs } = classifierWork(recipe, engine);
      return `${kind} ${engine}: ${Math.round(steps)} of ${stepMs.toFixed(2)} ms`;
    }),
  );
  expect(all).toMatchInlineSnapshot(`
    [
      "mlp tensorflow: 1219 of 3.20 ms",
      "mlp wasm: 1219 of 11.90 ms",
      "cnn tensorflow: 94 of 112.00 ms",
      "cnn wasm: 94 of 323.40 ms",
      "vit tensorflow: 1219 of 138.00 ms",
      "vit wasm: 1219 of 421.40 ms",
      "resnet tensorflow: 422 of 64.00 ms",
      "resnet wasm: 422 of 315.00 ms",
      "lenet tensorflow: 938 of 6.80 ms",
      "lenet wasm: 938 of 40.60 ms",
      "mixer tensorflow: 1781 of 57.00 ms",
      "mixer wasm: 1781 of 292.60 ms",
    ]
  `);
});

test('evaluations and landing cost their share, and disk what is stored', () => {
  const plain = work({});
  const { batch } = classifierRecipeSchema.parse({ architecture: { kind: 'mlp' }, targets: [97.5] });
  // 2.5 evaluations of 10,000 images, each image 0.35 of a training step's.
  const evaluated = (count: number): number => (8.5 * 1.4 * count * 10_000 * 0.35) / batch;
  expect([plain.stepMs, plain.evaluationMs]).toEqual([expect.closeTo(8.5 * 1.4, 9), expect.closeTo(evaluated(2.5), 9)]);
  const trend = work({ landing: 'trend' });
  expect(trend.steps / plain.steps).toBeCloseTo(1.15 * 2.25, 9);
  expect(trend.evaluationMs).toBeCloseTo(evaluated(45), 9);
  expect(work({ targets: ['epochs 1.5'] }).evaluationMs).toBeCloseTo(evaluated(2), 9);
  // Half as many steps as were assumed take no more evaluations.
  expect(stepWithEvaluations(plain, plain.steps / 2)).toBeCloseTo(plain.stepMs + (2 * evaluated(2.5)) / plain.steps, 9);
  const size = 784 * 500 + 500 + 500 * 500 + 500 + 500 * 10 + 10;
  expect([plain.bytes, work({ targets: [97, 97.5] }).bytes]).toEqual([60_000 + 4 * size, 60_000 + 8 * size]);
});

test('a cross-entropy counts as the accuracy of its mean probability', () => {
  expect(work({ targets: ['loss 0.0513'] }).steps / work({ targets: [95] }).steps).toBeCloseTo(1, 2);
});

test('generators: in proportion to images and features, with what they store at each sample', () => {
  const of = (recipe: object) =>
    generatorWork(
      generatorRecipeSchema.parse({ kind: 'dcgan64', steps: 100, sampleEvery: 25, ...recipe }),
      'tensorflow',
    );
  const usual = of({ batch: 32, features: 64 });
  expect(usual.stepMs).toBe(558);
  const wasm = generatorWork(generatorRecipeSchema.parse({ kind: 'dcgan64', steps: 100, batch: 32 }), 'wasm');
  expect(wasm.stepMs).toBe(995);
  expect(of({ batch: 64, features: 64 }).stepMs).toBeCloseTo(2 * 558, 9);
  expect(of({ batch: 32, features: 128 }).stepMs).toBeCloseTo(4 * 558, 9);
  expect(of({ batch: 32, features: 32 }).stepMs).toBeCloseTo(558 * 0.5 ** 0.8, 9);
  expect(usual.bytes).toBe(5 * (4 * 3.6e6 + 60_000));
  expect(of({ batch: 32, features: 64, sampleEvery: 30 }).bytes).toBe(usual.bytes);
  expect(of({ batch: 32, features: 128 }).bytes).toBe(5 * (16 * 3.6e6 + 60_000));
});

test('the speed of an engine is that of its trial, beside the machine where the figures were measured', () => {
  expect([speedFactor('tensorflow', 190), speedFactor('wasm', 20), speedFactor('webgpu', 95)]).toEqual([2, 0.5, 1]);
});

test('a narrow network of convolutions takes about as long a step as a less narrow one, by engine and images', () => {
  const step = (width: number, engine: 'tensorflow' | 'wasm', batch = 128): number =>
    classifierWork(
      classifierRecipeSchema.parse({ architecture: { kind: 'resnet', blocks: 1, width }, batch, targets: [95] }),
      engine,
    ).stepMs;
  // Measured at widths 2, 4 and 8: 104, 105 and 100 ms where width 16 took 118 to 121.
  expect(step(4, 'tensorflow') / step(16, 'tensorflow')).toBeCloseTo(0.85, 9);
  expect(step(2, 'tensorflow')).toBe(step(4, 'tensorflow'));
  expect(step(4, 'tensorflow', 32)).toBeCloseTo(step(4, 'tensorflow') / 4, 9);
  expect(step(4, 'wasm') / step(16, 'wasm')).toBeCloseTo(0.2, 9);
});

test('short runs take the time of their kind, on wasm at least twice as long', () => {
  for (const engine of ['tensorflow', 'webgpu', 'wasm'] as const) {
    const [candidates, stimuli, predictions] = (['candidates', 'stimuli', 'predictions'] as const).map((kind) =>
      briefSeconds(kind, engine),
    );
    expect(candidates).toBeGreaterThan(stimuli ?? 0);
    expect(stimuli).toBeGreaterThan(predictions ?? 0);
  }
  for (const kind of ['candidates', 'stimuli', 'predictions'] as const) {
    expect(briefSeconds(kind, 'wasm')).toBeGreaterThan(2 * briefSeconds(kind, 'tensorflow'));
    expect(briefSeconds(kind, 'webgpu')).toBe(briefSeconds(kind, 'tensorflow'));
  }
});
