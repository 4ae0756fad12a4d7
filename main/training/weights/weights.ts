import { z } from 'zod';
import { UserError } from '../../contract/wire/errors.ts';
import { storedStatistics, suitsChannels, toStoredStatistics } from '../../contract/recipes/images.ts';
import { architectureSchema, generatorRecipeSchema } from '../../contract/recipes/recipes.ts';
import type { ParameterValue } from '../architectures/parameters.ts';
import { decodeTensorFile, encodeTensorFile, type NamedArray } from './tensor-file.ts';

const classifierKind = 'classifier-weights/1';
const generatorKind = 'generator-weights/1';

const side = z.int().min(1).max(4096);

/** What else it takes to use a classifier's weights: its network, and how images are brought to it. */
const classifierMetaSchema = z.strictObject({
  architecture: architectureSchema,
  /** Images are normalized as (pixel / 255 - mean) / std, each channel by its own numbers. */
  form: z
    .strictObject({ height: side, width: side, ...storedStatistics })
    .refine(suitsChannels, 'a mean and a deviation for each channel'),
  classes: z.array(z.string()).min(2).max(1000),
});
export type ClassifierMeta = z.infer<typeof classifierMetaSchema>;

/** `classes`: of a conditional generator. */
const generatorMetaSchema = generatorRecipeSchema
  .pick({ kind: true, latent: true, features: true, channels: true })
  .extend({ classes: z.int().min(2).max(1000).optional() });
export type GeneratorMeta = z.infer<typeof generatorMetaSchema>;

/** Values of a network's parameters by name, in the network's order. */
export type ParameterValues = Record<string, ParameterValue>;

/** A blob of weights: what they belong to, and all parameters of the network including statistics. */
export interface Weights<Meta> {
  meta: Meta;
  parameters: ParameterValues;
}

export function encodeClassifierWeights({ meta, parameters }: Weights<ClassifierMeta>): Buffer {
  const stored = { ...meta, form: toStoredStatistics(meta.form) };
  return encodeTensorFile({ kind: classifierKind, meta: stored, arrays: parameterArrays(parameters) });
}

/** @throws UserError `tensor-file.*` or `weights.damaged` */
export function decodeClassifierWeights(bytes: Uint8Array, where: string): Weights<ClassifierMeta> {
  const { meta, arrays } = decodeTensorFile(bytes, classifierKind, where);
  return { meta: checkedMeta(classifierMetaSchema, meta, where), parameters: readParameters(arrays) };
}

export function encodeGeneratorWeights({ meta, parameters }: Weights<GeneratorMeta>): Buffer {
  return encodeTensorFile({ kind: generatorKind, meta, arrays: parameterArrays(parameters) });
}

/** `encodeGeneratorWeights` in float16, half the bytes; reading gives float32. @throws UserError `float16.out-of-range` */
export function encodeCompactGeneratorWeights({ meta, parameters }: Weights<GeneratorMeta>): Buffer {
  const arrays = parameterArrays(parameters).map(({ name, shape, data }) => ({
    name,
    shape,
    data: toFloat16(data, name),
  }));
  return encodeTensorFile({ kind: generatorKind, meta, arrays });
}

/** @throws UserError `tensor-file.*` or `weights.damaged` */
export function decodeGeneratorWeights(bytes: Uint8Array, where: string): Weights<GeneratorMeta> {
  const { meta, arrays } = decodeTensorFile(bytes, generatorKind, where);
  return { meta: checkedMeta(generatorMetaSchema, meta, where), parameters: readParameters(arrays) };
}

/** Parameters as arrays of a tensor file; `prefix` separates several sets of parameters in one file. */
export function parameterArrays(parameters: ParameterValues, prefix = ''): NamedArray[] {
  return Object.entries(parameters).map(([name, { shape, values }]) => ({ name: prefix + name, shape, data: values }));
}

/** Parameters from the arrays of a tensor file whose names start with `prefix`. */
export function readParameters(arrays: readonly NamedArray[], prefix = ''): ParameterValues {
  const parameters: ParameterValues = {};
  for (const { name, shape, data } of arrays) {
    if (!name.startsWith(prefix) || data instanceof Uint8Array) continue;
    // Exact: every float16 value is a float32 value.
    const values = data instanceof Float32Array ? data : new Float32Array(data);
    parameters[name.slice(prefix.length)] = { shape: [...shape], values };
  }
  return parameters;
}

/** What an optimizer keeps as arrays of a tensor file. */
export const slotArrays = (slots: Readonly<Record<string, Float32Array>>, prefix: string): NamedArray[] =>
  Object.entries(slots).map(([name, data]) => ({ name: prefix + name, shape: [data.length], data }));

/** What an optimizer kept, from arrays of a tensor file. @param prefix of their names */
export const readSlots = (arrays: readonly NamedArray[], prefix: string): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(readParameters(arrays, prefix)).map(([name, { values }]) => [name, values]));

/** Validates the metadata of a tensor file. */
export function checkedMeta<Meta>(schema: z.ZodType<Meta>, meta: unknown, where: string): Meta {
  const parsed = schema.safeParse(meta);
  if (parsed.success) return parsed.data;
  throw new UserError(
    'weights.damaged',
    `The description in this file of weights is not valid: ${z.prettifyError(parsed.error)}`,
    where,
    'Run the training that made them again.',
  );
}

/**
 * Values as IEEE 754 binary16, rounded to nearest, ties to even. The relative error is at most 2^-11 for absolute values
 * from 2^-14 on; smaller ones (subnormals and 0) have an absolute error of at most 2^-25.
 * @param name names the values in the error
 * @throws UserError `float16.out-of-range` if one is not finite, or rounds to more than 65504.
 */
export function toFloat16(values: ArrayLike<number>, name: string): Float16Array<ArrayBuffer> {
  const half = Float16Array.from(values);
  const at = half.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return half;
  throw new UserError(
    'float16.out-of-range',
    `The value ${values[at]} does not fit into 16 bits, which hold numbers from -65504 to 65504`,
    `${name}, value ${at + 1}`,
    'Choose the weights of another step: this training has diverged.',
  );
}
