import { z } from 'zod';
import {
  exportedOutputSchema,
  inputElements,
  type InputMapping,
  inputMappingSchema,
  largestBatch,
  largestSide,
  maxOutputs,
  metadataKeys,
  type ModelFile,
  type OutputMapping,
  type OnnxProposal,
  type Tensor,
} from '../contract/outside.ts';
import { at } from '../../../domain/numbers/index.ts';
import type { ImageSize } from '../../../domain/data/index.ts';
import { imageNet } from '../contract/files.ts';
import { outsideError } from './errors.ts';

/** The images and the names of the classes that a study has. */
export interface StudyImages extends ImageSize {
  classes: readonly string[];
}

/**
 * Mappings that the file's names, shapes and metadata suggest. `where`: the file's path, for errors.
 * @throws UserError `outside.inputs`, `outside.outputs` if the model takes no images or gives no numbers for classes
 */
export function proposeMapping(file: ModelFile, images: StudyImages, where: string): OnnxProposal {
  const tensor = imageInput(file, where);
  const outputs = usableOutputs(file, where);
  const ofInput: Reason[] = [];
  const ofOutput: Reason[] = [];
  const exported = exportedInput(file, tensor);
  if (exported) ofInput.push(known('The input is mapped as the file’s metadata says.'));
  const input = exported ?? proposeInput(tensor, images, file, ofInput);
  const names = outputNames(file);
  const output = proposeOutput(file, outputs, images.classes, names, ofOutput);
  const about = (part: 'input' | 'output') => (reason: Reason) => ({ ...reason, about: part });
  return {
    kind: 'onnx',
    input,
    output,
    names,
    reasons: [...ofInput.map(about('input')), ...ofOutput.map(about('output'))],
    outputs: outputs.map((each) => ({ name: each.name, size: sizeOfOutput(each), hasSteps: hasSteps(each) })),
  };
}

/** What a choice rests on: the file, or nothing but what is usual. */
type Reason = Omit<OnnxProposal['reasons'][number], 'about'>;
const known = (text: string): Reason => ({ text, isGuess: false });
const guess = (text: string): Reason => ({ text, isGuess: true });

type ImageTensor = Tensor & { shape: NonNullable<Tensor['shape']>; type: InputMapping['element'] };

export function imageInput({ inputs }: ModelFile, where: string): ImageTensor {
  const refuse = (what: string) =>
    outsideError('inputs', what, where, 'Choose a classifier of images that has one input for them.');
  const [tensor] = inputs;
  if (!tensor) throw refuse('The model has no input');
  if (inputs.length > 1) {
    const names = inputs.slice(0, 5).map(({ name }) => name);
    throw refuse(`The model has ${inputs.length} inputs (${names.join(', ')}), and one for images is needed`);
  }
  const isNumeric = (inputElements as readonly string[]).includes(tensor.type);
  if (!isNumeric)
    throw refuse(`The input "${tensor.name}" takes values of the type ${tensor.type}, and images are numbers`);
  const { shape } = tensor;
  if (!shape) throw refuse(`The file does not say how many dimensions the input "${tensor.name}" has`);
  if (shape.length !== 2 && shape.length !== 4) {
    throw refuse(`The input "${tensor.name}" has ${shape.length} dimensions, and images have 4, or 2 as flat rows`);
  }
  if (shape.includes(0)) throw refuse(`The input "${tensor.name}" has a dimension of length 0`);
  const { length, ...form } = planes(shape);
  const channels = form.channels;
  if (shape.length === 4 && typeof channels === 'number' && channels !== 1 && channels !== 3) {
    throw refuse(`The input "${tensor.name}" has the shape [${shape.join(', ')}], and images have 1 or 3 channels`);
  }
  if (length > largestInput)
    throw refuse(`The input "${tensor.name}" has ${length} values for an image, which no image has`);
  const side = Math.max(form.width ?? 1, form.height ?? 1);
  if (shape.length === 4 && side > largestSide)
    throw refuse(`The input "${tensor.name}" takes images with a side of ${side} pixels; ${largestSide} is the most`);
  const [batch] = shape;
  if (typeof batch === 'number' && (batch > largestBatch || batch * length > largestValues))
    throw refuse(`The input "${tensor.name}" takes ${batch} images of ${length} values at a time, which is too many`);
  return tensor as ImageTensor;
}

const largestInput = 3 * largestSide * largestSide;

/** Values of a whole batch: half a gigabyte as float32. */
const largestValues = 2 ** 27;

/** Channels, height and width, as far as the shape has them, and the product of all known lengths but the first. */
function planes(shape: readonly (number | string | null)[]) {
  const [, a = null, b = null, c = null] = shape;
  const isLast = (c === 1 || c === 3) && a !== 1 && a !== 3;
  const length = shape.slice(1).reduce<number>((product, side) => product * (typeof side === 'number' ? side : 1), 1);
  const known = (side: number | string | null): number | null => (typeof side === 'number' ? side : null);
  const [channels, height, width] = isLast ? [c, a, b] : [a, b, c];
  return { isLast, length, channels: known(channels), height: known(height), width: known(width) };
}

const numberOutputs = new Set(['float32', 'float16', 'float64']);

export function usableOutputs({ outputs }: ModelFile, where: string): Tensor[] {
  const usable = outputs.filter(({ type, shape }) => {
    if (!numberOutputs.has(type) || shape?.length === 0 || shape?.includes(0)) return false;
    return shape === null || shape.length <= 3 || shape.slice(2).every((length) => length === 1);
  });
  if (usable.length > 0) return usable;
  const found = outputs
    .slice(0, 5)
    .map(
      ({ name, type, shape }) => `${name} (${type}${shape ? ` [${shape.map((each) => each ?? '?').join(', ')}]` : ''})`,
    );
  throw outsideError(
    'outputs',
    `No output has a number for each class; the model has ${found.join(', ') || 'none'}`,
    where,
    'Choose a classifier of images, with logits or probabilities as its output.',
  );
}

/** `[batch, steps, size]` unless `steps` is 1 or what follows `size` is. */
const hasSteps = ({ shape }: Tensor): boolean => shape?.length === 3 && shape[2] !== 1;

function sizeOfOutput(tensor: Tensor): number | null {
  const length = tensor.shape?.[hasSteps(tensor) ? 2 : 1];
  return typeof length === 'number' && length >= 1 && length <= maxOutputs ? length : null;
}

const metadataValue = ({ metadata }: ModelFile, key: string): string | undefined =>
  metadata.find((entry) => entry.key === key)?.value;

/** JSON in the metadata that fits a schema; null otherwise. */
function metadataJson<Schema extends z.ZodType>(file: ModelFile, key: string, schema: Schema): z.output<Schema> | null {
  try {
    return schema.safeParse(JSON.parse(metadataValue(file, key) ?? 'null')).data ?? null;
  } catch {
    return null;
  }
}

function exportedInput(file: ModelFile, tensor: ImageTensor): InputMapping | null {
  const input = metadataJson(file, metadataKeys.input, inputMappingSchema);
  return input?.input === tensor.name ? input : null;
}

export function proposeInput(
  tensor: ImageTensor,
  images: StudyImages,
  file: ModelFile,
  reasons: Reason[],
): InputMapping {
  const { shape, name, type } = tensor;
  const form = shape.length === 2 ? flatForm(shape[1] ?? null, images) : planesForm(shape, images, file);
  const { layout, width, height, depth } = form;
  const [first] = shape;
  const mapping: InputMapping = {
    input: name,
    layout,
    channels: depth === 1 ? 'gray' : 'rgb',
    width,
    height,
    resize: 'fit',
    transposed: false,
    invert: false,
    range: type === 'uint8' ? [0, 255] : [0, 1],
    mean: Array<number>(depth).fill(0),
    std: Array<number>(depth).fill(1),
    element: type,
    batch: typeof first === 'number' ? first : null,
  };
  if (metadataValue(file, 'character') !== undefined && shape.length === 4 && depth === 3 && type !== 'uint8') {
    const sides = planes(shape);
    const line = { width: sides.width ?? 320, height: sides.height ?? 48 };
    reasons.push(
      ...form.reasons.slice(0, 1),
      guess(
        `As a recognizer of text by PaddleOCR it gets images ${line.height} pixels high, at the left of ${line.width}, with values from -1 to 1.`,
      ),
      guess('RGB is a guess: the file does not say.'),
    );
    return { ...mapping, ...line, resize: 'pad', background: 128, align: 'start', range: [-1, 1] };
  }
  reasons.push(...form.reasons);
  const isPhoto = depth === 3 && type !== 'uint8' && width >= 128;
  if (type === 'uint8') reasons.push(known('Values stay from 0 to 255, from the type of the input.'));
  else if (isPhoto)
    reasons.push(guess('ImageNet’s mean and deviation are a guess from the size: the file does not say.'));
  else reasons.push(guess('Values from 0 to 1 are a guess: the file does not say.'));
  if (depth === 3) reasons.push(guess('RGB is a guess: the file does not say.'));
  return isPhoto ? { ...mapping, mean: [...imageNet.mean], std: [...imageNet.std] } : mapping;
}

interface Form {
  layout: InputMapping['layout'];
  width: number;
  height: number;
  depth: 1 | 3;
  reasons: Reason[];
}

function planesForm(shape: Tensor['shape'] & object, images: StudyImages, file: ModelFile): Form {
  const { isLast, channels, height, width } = planes(shape);
  const fromTensorflow = channels === null && /tf2onnx|keras|tensorflow/i.test(file.producer);
  const layout = isLast || fromTensorflow ? 'nhwc' : 'nchw';
  const said =
    channels === null
      ? `a guess${fromTensorflow ? ' from the program that wrote the file' : ''}`
      : 'from the shape of the input';
  const isSized = height !== null && width !== null;
  return {
    layout,
    width: width ?? images.width,
    height: height ?? images.height,
    depth: channels === 1 || channels === 3 ? channels : images.channels,
    reasons: [
      (channels === null ? guess : known)(`The layout is ${layout.toUpperCase()}, ${said}.`),
      isSized
        ? known(`Images become ${width} x ${height} pixels, from the shape of the input.`)
        : guess('The input takes any size, so images keep theirs: choose the size that the model was trained on.'),
    ],
  };
}

/** A flat row of the study's size, or of a square one. */
function flatForm(length: number | string | null, images: StudyImages): Form {
  const own = { width: images.width, height: images.height, depth: images.channels };
  const pixels = images.width * images.height;
  const found = (side: { width: number; height: number; depth: 1 | 3 }, reason: Reason): Form => ({
    ...side,
    layout: 'flat-nchw',
    reasons: [reason, ...(side.depth === 3 ? [guess('That each color is a plane of its own is a guess.')] : [])],
  });
  if (typeof length !== 'number')
    return found(own, guess('The input takes rows of any length, so images keep their size.'));
  for (const depth of [images.channels, 1, 3] as const) {
    if (length === pixels * depth)
      return found({ ...own, depth }, known(`A row of ${length} values is an image of the study’s size.`));
  }
  for (const depth of [1, 3] as const) {
    const side = Math.round(Math.sqrt(length / depth));
    if (side * side * depth === length && side <= largestSide) {
      return found(
        { width: side, height: side, depth },
        guess(`A row of ${length} values is a square of ${side} x ${side} pixels.`),
      );
    }
  }
  return found(own, guess(`A row of ${length} values is no square image: choose width and height.`));
}

/** Names of a model's outputs by index, from the keys that exporters use. */
function outputNames(file: ModelFile): string[] | null {
  const exported = metadataJson(file, metadataKeys.output, exportedOutputSchema);
  if (exported) return exported.classes;
  for (const key of ['names', 'classes', 'class_names', 'labels', 'id2label', 'character']) {
    const names = parseNames(metadataValue(file, key));
    // Recognizers of text leave output 0 for "no character", and have a space as the last one.
    if (names) return key === 'character' ? ['', ...names] : names;
  }
  return null;
}

/** A JSON array or object by index, a Python dictionary by index, or a name a line or between commas. */
function parseNames(text: string | undefined): string[] | null {
  if (text === undefined || text.trim() === '') return null;
  if (/^\s*\{/.test(text)) return namesByIndex(text);
  if (/^\s*\[/.test(text)) {
    try {
      return (
        z
          .array(z.string())
          .max(maxOutputs)
          .safeParse(JSON.parse(text.replaceAll("'", '"'))).data ?? null
      );
    } catch {
      return null;
    }
  }
  const lines = text.includes('\n')
    ? text.replace(/\r?\n$/, '').split(/\r?\n/)
    : text.split(',').map((name) => name.trim());
  return lines.length >= 2 && lines.length <= maxOutputs ? lines : null;
}

/** Names of a JSON object or Python dictionary from indices to names; null if it is none. The time is linear in its length. */
function namesByIndex(text: string): string[] | null {
  const names: string[] = [];
  for (const [, index, double, single] of text.matchAll(/[{,]\s*["']?(\d{1,7})["']?\s*:\s*(?:"([^"]*)"|'([^']*)')/g)) {
    if (Number(index) < maxOutputs) names[Number(index)] = double ?? single ?? '';
  }
  return names.length === 0 ? null : Array.from(names, (name) => name ?? '');
}

function proposeOutput(
  file: ModelFile,
  outputs: readonly Tensor[],
  classes: readonly string[],
  names: readonly string[] | null,
  reasons: Reason[],
): OutputMapping | null {
  const exported = metadataJson(file, metadataKeys.output, exportedOutputSchema);
  const output =
    outputs.find(({ name }) => name === exported?.output) ??
    outputs.find((each) => sizeOfOutput(each) === (names?.length ?? classes.length)) ??
    outputs.find((each) => (sizeOfOutput(each) ?? 0) >= classes.length) ??
    at(outputs, 0);
  const size = sizeOfOutput(output) ?? names?.length ?? classes.length;
  const found = names && outputsByName(classes, names, size);
  if (!found && size !== classes.length) {
    reasons.push(
      known(`The model has ${size} outputs and the study ${classes.length} classes: choose the outputs of each class.`),
    );
    return null;
  }
  if (found) reasons.push(known('Outputs are assigned to classes by the names in the file.'));
  else if (names)
    reasons.push(guess('The names in the file are not those of the classes, so the order of the classes is a guess.'));
  else reasons.push(guess('That outputs are in the order of the classes is a guess: the file does not say.'));
  const values = exported?.values ?? (output.op === 'Softmax' ? 'probabilities' : 'logits');
  const because = exported ? 'from the metadata' : output.op ? `from the last operation, ${output.op}` : 'a guess';
  reasons.push((exported || output.op ? known : guess)(`Outputs are ${values}, ${because}.`));
  return {
    output: output.name,
    values,
    size,
    ...(hasSteps(output) && { steps: 'largest' as const }),
    classes: found ?? classes.map((_, k) => [k]),
  };
}

/**
 * For each class the outputs with its name, also as one of several between commas; null unless every class has one. Capitals
 * and what parts words count only where they tell classes apart, as A and a.
 */
function outputsByName(classes: readonly string[], names: readonly string[], size: number): number[][] | null {
  const exact = Map.groupBy(classes.keys(), (k) => at(classes, k).trim());
  const plain = Map.groupBy(classes.keys(), (k) => plainName(at(classes, k)));
  const found = classes.map((): number[] => []);
  names.slice(0, size).forEach((name, output) => {
    const parts = [name, ...name.split(',')].map((part) => part.trim()).filter((part) => part !== '');
    const named = parts.flatMap((part) => exact.get(part) ?? plain.get(plainName(part)) ?? []);
    for (const k of new Set(named)) at(found, k).push(output);
  });
  const all = found.flat();
  return found.every((outputs) => outputs.length > 0) && new Set(all).size === all.length ? found : null;
}

const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
