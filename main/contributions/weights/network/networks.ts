import type { Tensor2D } from '@tensorflow/tfjs-core';
import { pointLength } from '../../../domain/anchors/index.ts';
import {
  buildClassifier,
  buildGenerator,
  classifierInPytorch,
  generatorInPytorch,
  latentSpace,
  loadParameters,
} from '../../../training/architectures/index.ts';
import type { ClassifierMeta, GeneratorMeta, ParameterValues, Weights } from '../../../training/weights/index.ts';
import { type Constant, transposed } from './constants.ts';
import { encodeOnnx, type OnnxModel } from './onnx-file.ts';
import { encodeSafetensors } from './safetensors.ts';
import { Tracer } from './tracer.ts';

/** What an exported file says of its network, besides what the weights say. */
export interface ExportNotes {
  /** Name of the network; file names are made of it. */
  name: string;
  producer: { name: string; version: string };
  /** JSON in the metadata `boundary.model`: recipe, hash of the weights and so on (docs/data-formats.md). */
  description: unknown;
}

/** A network that can be exported, see `classifierExport` and `generatorExport`. */
export interface NetworkExport {
  /** An ONNX file, for batches of any size. */
  onnx(notes: ExportNotes): Buffer;
  /** A safetensors file with all parameters, and Python that loads it under this name. */
  pytorch(notes: ExportNotes, fileName: string): { file: Buffer; loader: string };
}

/** The key of `ExportNotes.description`. */
export const descriptionKey = 'boundary.model';

/** Keys of how images become the input, and of what the outputs are, as the contribution `outside` reads them. */
const mappingKeys = { input: 'boundary.input', output: 'boundary.output' } as const;

const images = 'images';
const logits = 'logits';
const points = 'z';

/**
 * A classifier from `images` [batch, channels, height, width], normalized, to `logits` [batch, classes]: without dropout, and
 * in ONNX with batch norm folded into the convolutions. The same weights and notes give the same bytes.
 * @throws UserError `weights.mismatch`
 */
export function classifierExport({ meta, parameters }: Weights<ClassifierMeta>): NetworkExport {
  const { height, width, channels } = meta.form;
  const shape = { height, width, channels, classes: meta.classes.length };
  const about = classifierInput(meta);
  const tracer = new Tracer();
  const classifier = buildClassifier(tracer, meta.architecture, shape, null);
  loadParameters(tracer, classifier, parameters);
  tracer.nameParameters(classifier.parameters);
  const input = tracer.imageInput(images, height, width, channels);
  tracer.output(classifier.logits(input, { training: false }), logits);
  return {
    onnx: (notes) =>
      encodeOnnx({
        name: notes.name,
        producer: notes.producer,
        metadata: classifierMetadata(meta, notes),
        description: `${about} Output k is class k of: ${meta.classes.join(', ')}.`,
        ...graphOf(tracer),
        input: { name: images, shape: ['batch', channels, height, width], description: about },
        output: { name: logits, shape: ['batch', shape.classes], description: 'Softmax of these gives probabilities.' },
      }),
    pytorch: (notes, fileName) => ({
      file: encodeSafetensors(inPytorchLayout(parameters), { format: 'pt', ...classifierMetadata(meta, notes) }),
      loader: loader(fileName, [`logits(x): ${about}`], classifierInPytorch(meta.architecture, shape)),
    }),
  };
}

/**
 * A generator from `z` [batch, latent + classes] to `images` [batch, channels, height, width] in [-1, 1], by the running
 * statistics of batch norm. The same weights and notes give the same bytes.
 * @throws UserError `weights.mismatch`
 */
export function generatorExport({ meta, parameters }: Weights<GeneratorMeta>): NetworkExport {
  const tracer = new Tracer();
  const generator = buildGenerator(tracer, meta, null);
  loadParameters(tracer, generator, parameters);
  tracer.nameParameters(generator.parameters);
  const length = pointLength(generator.space);
  tracer.output(generator.images(tracer.input<Tensor2D>(points, length), 'running'), images);
  const { channels, height, width } = generator.size;
  const about = generatorInput(meta);
  const metadata = ({ description }: ExportNotes) => ({ [descriptionKey]: JSON.stringify(description) });
  return {
    onnx: (notes) =>
      encodeOnnx({
        name: notes.name,
        producer: notes.producer,
        metadata: metadata(notes),
        description: `${about} ${generatorOutput}`,
        ...graphOf(tracer),
        input: { name: points, shape: ['batch', length], description: about },
        output: { name: images, shape: ['batch', channels, height, width], description: generatorOutput },
      }),
    pytorch: (notes, fileName) => ({
      file: encodeSafetensors(inPytorchLayout(parameters), { format: 'pt', ...metadata(notes) }),
      loader: loader(fileName, [`images(z): ${about}`, generatorOutput], generatorInPytorch(meta)),
    }),
  };
}

const graphOf = ({ nodes, constants }: Tracer): Pick<OnnxModel, 'nodes' | 'constants'> => ({ nodes, constants });

function classifierMetadata({ form, classes }: ClassifierMeta, { description }: ExportNotes): Record<string, string> {
  const { height, width, channels, mean, std } = form;
  const input = {
    input: images,
    layout: 'nchw',
    channels: channels === 1 ? 'gray' : 'rgb',
    width,
    height,
    resize: 'fit',
    transposed: false,
    invert: false,
    range: [0, 1],
    mean: [...mean],
    std: [...std],
    element: 'float32',
    batch: null,
  };
  const output = {
    output: logits,
    values: 'logits',
    size: classes.length,
    classes,
  };
  return {
    [mappingKeys.input]: JSON.stringify(input),
    [mappingKeys.output]: JSON.stringify(output),
    [descriptionKey]: JSON.stringify(description),
  };
}

function classifierInput({ form: { height, width, channels, mean, std } }: ClassifierMeta): string {
  const each = channels === 1 ? `(pixel / 255 - ${mean}) / ${std}` : '(pixel / 255 - mean) / std of each channel';
  const color = channels === 1 ? 'gray' : `red, green, blue; mean ${mean.join(', ')}; std ${std.join(', ')}`;
  return `float32 [batch, ${channels}, ${height}, ${width}], ${each}, ${color}.`;
}

function generatorInput(meta: GeneratorMeta): string {
  const { z, classes } = latentSpace(meta);
  const asked = classes > 0 ? ` Of each row the first ${z}; then 1 for the class asked for and 0 for the others.` : '';
  return `float32 [batch, ${z + classes}], standard normal.${asked}`;
}

const generatorOutput = 'Images from -1 to 1: pixel = floor((value + 1) * 127.5 + 0.5), from 0 to 255.';

/** Kernels (`*.weight`) as PyTorch has them: dense [out, in], convolutions [out, in, k, k], transposed ones [in, out, k, k]. */
function inPytorchLayout(parameters: ParameterValues): Record<string, Constant> {
  const changed = Object.entries(parameters).map(([name, value]) => {
    const axes = value.shape.map((_, axis) => value.shape.length - 1 - axis);
    if (axes.length === 4) axes.splice(2, 2, 0, 1);
    return [name, name.endsWith('.weight') ? transposed(value, axes) : value] as const;
  });
  return Object.fromEntries(changed);
}

const loader = (fileName: string, about: readonly string[], lines: readonly string[]): string =>
  [
    ...about.map((line) => `# ${line}`),
    'import torch, torch.nn.functional as F',
    'from safetensors.torch import load_file',
    `w = load_file(${JSON.stringify(fileName)})`,
    ...lines,
    '',
  ].join('\n');
