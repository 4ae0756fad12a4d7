import { z } from 'zod';
import type { GanState } from './trainer.ts';
import { decodeTensorFile, encodeTensorFile, type NamedArray } from '../weights/tensor-file.ts';
import { checkedMeta, parameterArrays, parametersOf } from '../weights/weights.ts';

const kind = 'generator-checkpoint/1';
const prefixes = { generator: 'generator/', discriminator: 'discriminator/', optimisers: 'optimisers/' };
const metaSchema = z.strictObject({ step: z.int().min(1) });

/** Adversarial training as it was after a step. */
export interface GeneratorCheckpoint {
  step: number;
  state: GanState;
}

export function encodeGeneratorCheckpoint({ step, state }: GeneratorCheckpoint): Buffer {
  const slots = Object.entries(state.optimisers).map(
    ([name, data]): NamedArray => ({ name: prefixes.optimisers + name, shape: [data.length], data }),
  );
  const arrays = [
    ...parameterArrays(state.generator, prefixes.generator),
    ...parameterArrays(state.discriminator, prefixes.discriminator),
    ...slots,
  ];
  return encodeTensorFile({ kind, meta: { step }, arrays });
}

/** @throws UserError `tensor-file.*`, `weights.damaged` */
export function decodeGeneratorCheckpoint(bytes: Uint8Array, where: string): GeneratorCheckpoint {
  const { meta, arrays } = decodeTensorFile(bytes, kind, where);
  const slots = Object.entries(parametersOf(arrays, prefixes.optimisers)).map(([name, { values }]) => [name, values]);
  const state = {
    generator: parametersOf(arrays, prefixes.generator),
    discriminator: parametersOf(arrays, prefixes.discriminator),
    optimisers: Object.fromEntries(slots),
  };
  return { step: checkedMeta(metaSchema, meta, where).step, state };
}
