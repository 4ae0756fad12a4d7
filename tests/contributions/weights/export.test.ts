import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  exportedOutputSchema,
  inputMappingSchema,
  metadataKeys,
  outputMappingSchema,
} from '../../../main/contributions/outside/contract/outside.ts';
import type { Rank, ShapeMap, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import {
  type Architecture,
  architectureKinds,
  architectureSchema,
  generatorKinds,
  generatorRecipeSchema,
} from '../../../main/contract/recipes/recipes.ts';
import { drawLatents, pointLength } from '../../../main/domain/anchors/latents.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { buildClassifier } from '../../../main/training/architectures/classifiers.ts';
import { buildGenerator, generatorShape, latentSpace } from '../../../main/training/architectures/dcgan.ts';
import type { Model } from '../../../main/training/architectures/model.ts';
import type { NetworkEngine } from '../../../main/training/engines/network-ops.ts';
import { parameterValues } from '../../../main/training/architectures/parameters.ts';
import { normalizeImages } from '../../../main/training/data/batches.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import {
  classifierExport,
  descriptionKey,
  generatorExport,
} from '../../../main/contributions/weights/network/networks.ts';
import { encodeOnnx } from '../../../main/contributions/weights/network/onnx-file.ts';
import { Tracer } from '../../../main/contributions/weights/network/tracer.ts';
import { fromUnitRange } from '../../../main/training/generator/images.ts';
import { GeneratorRenderer } from '../../../main/training/generator/renderer.ts';
import { imageWriter, toSoftmax } from '../../../main/contributions/outside/model/mapping.ts';
import { inspectModelFile } from '../../../main/contributions/outside/model/model-file.ts';
import { proposeMapping } from '../../../main/contributions/outside/model/propose.ts';
import { missingRuntime, ModelSession } from '../../../main/contributions/outside/model/runtime.ts';
import { ClassifierPredictor, toPredictions } from '../../../main/training/predictions/predictor.ts';
import {
  type ClassifierMeta,
  encodeClassifierWeights,
  encodeGeneratorWeights,
  type GeneratorMeta,
  type ParameterValues,
  type Weights,
} from '../../../main/training/weights/weights.ts';

const missing = missingRuntime();
if (missing !== null) console.warn(`Skipped: exported files are not run, as ONNX Runtime is missing (${missing}).`);
/** A Python with torch and safetensors: BOUNDARY_PYTORCH=/path/to/python runs the printed loaders. */
const python = process.env.BOUNDARY_PYTORCH;

const notes = { name: 'network', producer: { name: 'test', version: '1' }, description: { recipe: 'ours' } };
const pause = async (): Promise<void> => undefined;

const ofKernel = (shape: number[]): number => shape.slice(0, -1).reduce((product, length) => product * length, 1);
const gray = { channels: 1 as const, mean: [0.1307], std: [0.3081] };
const color = { channels: 3 as const, mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.3] };
const tiny = { blocks: 2, width: 16, heads: 2, headWidth: 4, mlp: 24 };
/** Everything that changes the graph of a classifier: kind, color, odd sizes, numbers of layers, patches, heads. */
const classifiers: [string, object, Pick<ClassifierMeta['form'], 'height' | 'width'>, typeof gray | typeof color][] = [
  ['an MLP', { kind: 'mlp', hidden: [16, 12] }, { height: 8, width: 6 }, gray],
  ['an MLP of one layer, in color', { kind: 'mlp', hidden: [16] }, { height: 5, width: 7 }, color],
  ['a CNN', { kind: 'cnn', channels: [4, 5, 6, 7], hidden: [12, 9] }, { height: 8, width: 8 }, gray],
  [
    'a CNN of odd images in color',
    { kind: 'cnn', channels: [4, 5, 6, 7], hidden: [12, 9] },
    { height: 11, width: 14 },
    color,
  ],
  [
    'a CNN without dropout',
    { kind: 'cnn', channels: [4, 4, 4, 4], hidden: [9, 8], dropout: 0 },
    { height: 9, width: 8 },
    gray,
  ],
  ['an MLP with batch norm', { kind: 'mlp', hidden: [16, 12], batchNorm: true }, { height: 8, width: 6 }, color],
  [
    'a CNN of strides, without batch norm and hidden layers',
    { kind: 'cnn', channels: [4, 5, 6], hidden: [], batchNorm: false, downsampling: 'stride' },
    { height: 7, width: 8 },
    color,
  ],
  [
    'a CNN of three stages',
    { kind: 'cnn', channels: [4, 5, 6], hidden: [9], perStage: 1 },
    { height: 9, width: 8 },
    gray,
  ],
  ['a ResNet', { kind: 'resnet', blocks: 1, width: 4 }, { height: 7, width: 10 }, color],
  ['a ResNet of two blocks a stage', { kind: 'resnet', blocks: 2, width: 3 }, { height: 8, width: 8 }, gray],
  ['a LeNet-5', { kind: 'lenet' }, { height: 13, width: 16 }, color],
  [
    'an MLP-Mixer',
    { kind: 'mixer', patch: 4, width: 16, blocks: 2, tokenMlp: 5, mlp: 24 },
    { height: 8, width: 12 },
    color,
  ],
  ['a ViT', { kind: 'vit', patch: 7, ...tiny }, { height: 28, width: 28 }, gray],
  ['a ViT in color', { kind: 'vit', patch: 4, ...tiny, heads: 3 }, { height: 8, width: 12 }, color],
  [
    'a ViT of one block and one head',
    { kind: 'vit', patch: 2, ...tiny, blocks: 1, heads: 1 },
    { height: 4, width: 4 },
    gray,
  ],
];
const generators: [string, object][] = [
  ['dcgan28', { kind: 'dcgan28' }],
  ['dcgan28, conditional', { kind: 'dcgan28', conditional: true }],
  ['dcgan32 in color', { kind: 'dcgan32', channels: 3 }],
  ['dcgan64', { kind: 'dcgan64' }],
];

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine('wasm');
  folder = mkdtempSync(join(tmpdir(), 'boundary-export-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Parameters that make every layer count: no statistic is 0 or 1, and outputs are far apart. */
async function livelyParameters(model: Model, fanIn: (shape: number[]) => number): Promise<ParameterValues> {
  const parameters = await parameterValues(engine, model);
  model.dispose();
  for (const [name, { shape, values }] of Object.entries(parameters)) {
    const random = randomStream(1, name);
    const fill = (draw: () => number): void => values.set(Array.from(values, draw));
    if (name.endsWith('.variance')) fill(() => 0.5 + random.float());
    else if (name.endsWith('.gamma')) fill(() => 0.6 + random.float());
    else if (name.endsWith('.weight')) fill(() => (1.3 * random.normal()) / Math.sqrt(fanIn(shape)));
    else fill(() => 0.5 * random.normal());
  }
  return parameters;
}

async function classifierWeights(settings: object, form: ClassifierMeta['form']): Promise<Weights<ClassifierMeta>> {
  const architecture: Architecture = architectureSchema.parse(settings);
  const classes = ['zero', 'eins', 'zwölf'];
  const network = buildClassifier(engine, architecture, { ...form, classes: classes.length }, 3);
  return { meta: { architecture, form, classes }, parameters: await livelyParameters(network, ofKernel) };
}

async function generatorWeights(settings: object): Promise<Weights<GeneratorMeta>> {
  const meta = generatorShape(generatorRecipeSchema.parse({ latent: 6, features: 4, steps: 1, ...settings }), 3);
  // More than the inputs of a pixel, as tanh would give -1 and 1 alone.
  const fanIn = (shape: number[]): number => 8 * (shape[3] ?? 1);
  const parameters = await livelyParameters(buildGenerator(engine, meta, 3), fanIn);
  return { meta, parameters };
}

/** float32 [n, height, width, channels] as [n, channels, height, width] */
function asPlanes(values: Float32Array, channels: number, area: number): Float32Array {
  return values.map((_, k) => {
    const [n, channel, position] = [Math.floor(k / area / channels), Math.floor(k / area) % channels, k % area];
    return values[(n * area + position) * channels + channel] ?? Number.NaN;
  });
}

const fromPlanes = (values: Float32Array, channels: number, area: number): Float32Array =>
  asPlanes(values, area, channels);

let files = 0;
function written(content: Buffer): string {
  const path = join(folder, `${files++}.onnx`);
  writeFileSync(path, content);
  return path;
}

async function runOnnx(path: string, input: string, values: Float32Array, shape: number[], output: string) {
  const session = await ModelSession.open(path);
  const { dims, data } = await session.run({ [input]: { type: 'float32', values, shape } }, output);
  await session.dispose();
  return { dims, values: Float32Array.from(data) };
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, k) => Math.abs(value - (b[k] ?? Number.NaN))));
};

const count = 9;

/** Images, and what our engine answers. */
async function classified(weights: Weights<ClassifierMeta>) {
  const { height, width, channels } = weights.meta.form;
  const random = randomStream(5, 'pixels');
  const area = height * width * channels;
  // From dark to bright images.
  const pixels = Uint8Array.from({ length: count * area }, (_, k) => (random.int(256) * Math.floor(k / area)) / count);
  const predictor = new ClassifierPredictor(engine, encodeClassifierWeights(weights), 'weights');
  const logits = await predictor.logits(pixels, pause);
  predictor.dispose();
  const planes = asPlanes(normalizeImages(pixels, weights.meta.form), channels, height * width);
  return { pixels, planes, shape: [count, channels, height, width], softmax: toPredictions(logits, 3).softmax };
}

/** Latent points, and the images that our engine makes of them. */
async function rendered(weights: Weights<GeneratorMeta>) {
  const space = latentSpace(weights.meta);
  const points = drawLatents(3, count, space);
  const renderer = new GeneratorRenderer(engine, encodeGeneratorWeights(weights), 'weights');
  const pixels = await renderer.render(points, pause);
  const { size } = renderer;
  renderer.dispose();
  expect(new Set(pixels).size).toBeGreaterThan(100);
  return { points, shape: [count, pointLength(space)], pixels, size };
}

describe.skipIf(missing !== null)('an exported ONNX file computes what our engine computes:', () => {
  test.each(classifiers)('%s', async (_, settings, size, statistics) => {
    const weights = await classifierWeights(settings, { ...size, ...statistics });
    const { pixels, planes, shape, softmax } = await classified(weights);
    // Answers that differ from image to image.
    const ranges = [0, 1, 2].map((label) => {
      const column = softmax.filter((_, k) => k % 3 === label);
      return Math.max(...column) - Math.min(...column);
    });
    expect(Math.max(...ranges)).toBeGreaterThan(0.05);
    const file = classifierExport(weights).onnx(notes);
    expect(file.equals(classifierExport(weights).onnx(notes))).toBe(true);
    const path = written(file);
    // Imported as a model of others, whose mappings the file states.
    const images = { ...weights.meta.form, classes: ['zwölf', 'zero', 'eins'] };
    const { input, output } = proposeMapping(await inspectModelFile(path), images, path);
    expect(output?.classes).toEqual([[2], [0], [1]]);
    const values = new Float32Array(planes.length);
    const write = imageWriter(input, images);
    for (let k = 0; k < count; k++) write(pixels, k, values, (k * planes.length) / count);
    expect(largestDifference(values, planes)).toBeLessThan(1e-5);
    const inOrder = { ...z.object({}).loose().parse(output), classes: [[0], [1], [2]] };
    const all = await runOnnx(path, input.input, values, shape, 'logits');
    const imported = toSoftmax(all.values, all.dims, outputMappingSchema.parse(inOrder), count);
    expect(largestDifference(imported.softmax, softmax)).toBeLessThanOrEqual(1e-5);
    // Any number of images.
    const one = await runOnnx(path, 'images', planes.slice(0, planes.length / count), [1, ...shape.slice(1)], 'logits');
    expect(largestDifference(one.values, all.values.subarray(0, 3))).toBeLessThanOrEqual(1e-4);
  });

  test.each(generators)('%s', async (_, settings) => {
    const weights = await generatorWeights(settings);
    const { points, shape, pixels, size } = await rendered(weights);
    const { channels, height, width } = size;
    const file = written(generatorExport(weights).onnx(notes));
    const { dims, values } = await runOnnx(file, 'z', points, shape, 'images');
    expect(dims).toEqual([count, channels, height, width]);
    const own = fromUnitRange(fromPlanes(values, channels, height * width));
    expect(largestDifference(own, pixels)).toBeLessThanOrEqual(1);
  });
});

/** What networks may use and ours do not: odd sizes, a bias on a convolution that is used twice, arithmetic, pads, slices. */
function unusual({ tf, ops }: NetworkEngine, x: Tensor4D): Tensor2D {
  const random = randomStream(8, 'unusual');
  const constant = <R extends Rank>(...shape: number[]): Tensor<R> => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal());
    return tf.tensor<R>(values, shape as ShapeMap[R]);
  };
  const n = x.shape[0];
  const convolved = ops.conv2d(x, constant<Rank.R4>(3, 3, 2, 4), 2, 'same');
  const rectified = ops.leakyRelu(convolved, 0.3);
  const moved = ops.biasAdd(convolved, constant<Rank.R1>(4));
  const sum: Tensor4D = tf.sub(tf.mul(rectified, moved), tf.add(tf.neg(rectified), 0.25));
  const grown = ops.conv2dTranspose(ops.tanh(sum), constant<Rank.R4>(3, 3, 3, 4), 6, 2, 'same');
  const wider: Tensor4D = tf.pad(grown, [
    [0, 0],
    [1, 0],
    [0, 2],
    [0, 0],
  ]);
  const part: Tensor4D = tf.slice(wider, [0, 0, 3, 1], [n, 7, 5, 2]);
  return ops.dense(tf.reshape(ops.gelu(part), [n, 70]), constant<Rank.R2>(70, 3), constant<Rank.R1>(3));
}

test.skipIf(missing !== null)('operations of networks that are not ours yet are exported, too', async () => {
  const random = randomStream(9, 'images');
  const pixels = Float32Array.from({ length: 4 * 6 * 6 * 2 }, () => random.normal());
  const own = engine.tf.tidy(() => unusual(engine, engine.tf.tensor4d(pixels, [4, 6, 6, 2])));
  const expected = Float32Array.from(await own.data());
  own.dispose();
  const tracer = new Tracer();
  tracer.output(unusual(tracer, tracer.imageInput('images', 6, 6, 2)), 'y');
  const value = (name: string, shape: number[]) => ({ name, shape: ['batch', ...shape], description: '' });
  const { nodes, constants } = tracer;
  const file = written(
    encodeOnnx({
      name: 'unusual',
      description: '',
      producer: notes.producer,
      metadata: {},
      nodes,
      constants,
      input: value('images', [2, 6, 6]),
      output: value('y', [3]),
    }),
  );
  const { values } = await runOnnx(file, 'images', asPlanes(pixels, 2, 36), [4, 2, 6, 6], 'y');
  expect(largestDifference(values, expected)).toBeLessThan(1e-4);
  expect(() => tracer.ops.dropout(tracer.input('z', 3), 0.5, tracer.input('seed', 2))).toThrow('only inference');
});

test('every kind of network is among those', () => {
  const kinds = (all: readonly object[]) => new Set(all.map((each) => z.object({ kind: z.string() }).parse(each).kind));
  expect(kinds(classifiers.map(([, settings]) => settings))).toEqual(new Set(architectureKinds));
  expect(kinds(generators.map(([, settings]) => settings))).toEqual(new Set(generatorKinds));
});

test('weights of another network are refused', async () => {
  const weights = await classifierWeights({ kind: 'mlp', hidden: [16] }, { height: 5, width: 7, ...gray });
  const other = { ...weights, meta: { ...weights.meta, architecture: { kind: 'mlp' as const, hidden: [15] } } };
  expect(() => classifierExport(other).onnx(notes)).toThrowError('These weights belong to a different architecture');
});

describe('a safetensors file', () => {
  test('has all parameters in the layout of PyTorch, and says what they are', async () => {
    const weights = await classifierWeights(
      { kind: 'cnn', channels: [4, 5, 6, 7], hidden: [12, 9] },
      { height: 8, width: 8, ...color },
    );
    const { file, loader } = classifierExport(weights).pytorch(notes, 'net.safetensors');
    const headerEnd = 8 + Number(file.readBigUInt64LE());
    expect(headerEnd % 8).toBe(0);
    const { __metadata__: metadata, ...entries } = z
      .object({ __metadata__: z.record(z.string(), z.string()) })
      .catchall(
        z.object({ dtype: z.literal('F32'), shape: z.array(z.int()), data_offsets: z.tuple([z.int(), z.int()]) }),
      )
      .parse(JSON.parse(file.toString('utf8', 8, headerEnd)));
    expect(metadata.format).toBe('pt');
    expect(JSON.parse(metadata[descriptionKey] ?? '')).toEqual(notes.description);
    expect(inputMappingSchema.parse(JSON.parse(metadata[metadataKeys.input] ?? ''))).toMatchObject({
      layout: 'nchw',
      channels: 'rgb',
      mean: color.mean,
      std: color.std,
      batch: null,
    });
    expect(exportedOutputSchema.parse(JSON.parse(metadata[metadataKeys.output] ?? ''))).toMatchObject({
      output: 'logits',
      values: 'logits',
      size: 3,
      classes: weights.meta.classes,
    });
    expect(Object.keys(entries)).toEqual(Object.keys(weights.parameters));
    const tensor = (name: string) => {
      const { shape, data_offsets: offsets } = entries[name] as (typeof entries)[string];
      const data = file.subarray(headerEnd + offsets[0], headerEnd + offsets[1]);
      return { shape, values: Float32Array.from({ length: data.length / 4 }, (_, k) => data.readFloatLE(4 * k)) };
    };
    // Element [output 2, input 1, row 0, column 2] of a kernel [4, 3, 3, 3], from [3, 3, 3, 4].
    expect(tensor('conv1.weight').shape).toEqual([4, 3, 3, 3]);
    expect(tensor('conv1.weight').values[((2 * 3 + 1) * 3 + 0) * 3 + 2]).toBe(
      weights.parameters['conv1.weight']?.values[((0 * 3 + 2) * 3 + 1) * 4 + 2],
    );
    expect(tensor('dense3.weight').shape).toEqual([3, 9]);
    expect(tensor('dense3.weight').values[2 * 9 + 5]).toBe(weights.parameters['dense3.weight']?.values[5 * 3 + 2]);
    expect(tensor('norm2.variance')).toEqual(weights.parameters['norm2.variance']);
    expect(loader.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
    expect(loader).toContain('load_file("net.safetensors")');
  });

  test.skipIf(!python)(
    'is loaded by the printed Python, which computes what our engine computes',
    async () => {
      const runs: { script: string; expected: ArrayLike<number>; tolerance: number }[] = [];
      const store = (name: string, input: Float32Array, shape: number[]): string => {
        writeFileSync(join(folder, `${name}.input`), input);
        return `given("${name}.input", ${JSON.stringify(shape)})`;
      };
      for (const [index, [, settings, size, statistics]] of classifiers.entries()) {
        const weights = await classifierWeights(settings, { ...size, ...statistics });
        const { planes, shape, softmax } = await classified(weights);
        const { file, loader } = classifierExport(weights).pytorch(notes, `classifier${index}.safetensors`);
        writeFileSync(join(folder, `classifier${index}.safetensors`), file);
        const input = store(`classifier${index}`, planes, shape);
        runs.push({ script: `${loader}answer(logits(${input}).softmax(1))`, expected: softmax, tolerance: 1e-5 });
      }
      for (const [index, [, settings]] of generators.entries()) {
        const weights = await generatorWeights(settings);
        const { points, shape, pixels } = await rendered(weights);
        const { file, loader } = generatorExport(weights).pytorch(notes, `generator${index}.safetensors`);
        writeFileSync(join(folder, `generator${index}.safetensors`), file);
        const values = `((images(${store(`generator${index}`, points, shape)}) + 1) * 127.5 + 0.5).floor()`;
        runs.push({ script: `${loader}answer(${values}.permute(0, 2, 3, 1))`, expected: pixels, tolerance: 1 });
      }
      const helpers = [
        'import torch',
        'def given(name, shape): return torch.frombuffer(bytearray(open(name, "rb").read()), dtype=torch.float32).reshape(shape)',
        'def answer(x): print(" ".join(str(value) for value in x.flatten().tolist()))',
      ];
      const { stdout } = await promisify(execFile)(
        python ?? '',
        ['-c', [...helpers, ...runs.map(({ script }) => script)].join('\n')],
        { cwd: folder, maxBuffer: 2 ** 28 },
      );
      const answers = stdout.trimEnd().split('\n');
      expect(answers.length).toBe(runs.length);
      for (const [index, { script, expected, tolerance }] of runs.entries()) {
        const values = answers[index]?.split(' ').map(Number) ?? [];
        expect(largestDifference(values, expected), script).toBeLessThanOrEqual(tolerance);
      }
    },
    120_000,
  );
});
