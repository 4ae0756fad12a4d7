import type { OutputMapping, TextMapping } from '../contract/outside.ts';
import { promptsOf } from './prompts.ts';
import { OutputMismatch } from './mapping.ts';
import type { ModelSession } from './runtime.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * A unit vector for each class, float64 [classes][dimensions]: the mean of the unit vectors of its prompts. Prompts are encoded
 * one by one, so that none depends on the others.
 * @param onProgress gets the number of encoded prompts, and of all
 * @throws UserError `outside.tokenizer`, `outside.prompt-too-long`, and those of running the text encoder; OutputMismatch
 */
export async function classVectors(
  encoder: Pick<ModelSession, 'run'>,
  tokenizer: Tokenizer,
  mapping: TextMapping,
  onProgress: (done: number, total: number) => Promise<void>,
): Promise<Float64Array[]> {
  const all = promptsOf(mapping);
  const total = all.flat().length;
  const vectors: Float64Array[] = [];
  let [done, dimensions] = [0, 0];
  for (const prompts of all) {
    const sum: number[] = [];
    for (const prompt of prompts) {
      const tokens = tokenizer.tokens(prompt, mapping.length);
      const { data, dims } = await encoder.run(inputsOf(tokens, mapping), mapping.output);
      dimensions ||= data.length;
      if (dims.length !== 2 || dims[0] !== 1 || dims[1] !== dimensions || data.length !== dimensions) {
        throw new OutputMismatch(
          'shape',
          `The text output has the shape [${dims.join(', ')}], and [1, ${done === 0 ? 'dimensions' : dimensions}] is expected`,
        );
      }
      unit(data, 0, dimensions, `the prompt "${prompt.slice(0, 200)}"`).forEach(
        (value, k) => (sum[k] = (sum[k] ?? 0) + value),
      );
      await onProgress(++done, total);
    }
    vectors.push(unit(sum, 0, sum.length, `the prompts of "${prompts[0]?.slice(0, 200)}"`));
  }
  return vectors;
}

function inputsOf(tokens: readonly number[], { ids, mask, element, length, pad }: TextMapping) {
  const tensor = (filler: number, values: readonly number[]) => {
    const all = [...values, ...Array<number>(length - values.length).fill(filler)];
    const typed = element === 'int64' ? BigInt64Array.from(all, BigInt) : Int32Array.from(all);
    return { type: element, values: typed, shape: [1, length] };
  };
  const ones = tokens.map(() => 1);
  return { [ids]: tensor(pad, tokens), ...(mask !== null && { [mask]: tensor(0, ones) }) };
}

/** `length` numbers from `start` on, as a vector of length 1. @throws OutputMismatch */
function unit(values: ArrayLike<number>, start: number, length: number, of: string): Float64Array {
  const vector = Float64Array.from({ length }, (_, k) => values[start + k]!);
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (!(norm > 0) || norm === Infinity) throw new OutputMismatch('undefined', `The model gives no direction for ${of}`);
  return vector.map((value) => value / norm);
}

/**
 * Logits, float64 [count, classes]: `scale` times the cosine between an image's vector and a class's.
 * @param values of the image encoder's output, of the shape [batch, dimensions]
 * @throws OutputMismatch
 */
export function cosineLogits(
  values: ArrayLike<number>,
  shape: readonly number[],
  vectors: readonly Float64Array[],
  scale: number,
  count: number,
): Float64Array {
  const length = vectors[0]?.length ?? 0;
  if ((shape[0] ?? 0) < count || shape[1] !== length || values.length !== (shape[0] ?? 0) * length) {
    throw new OutputMismatch(
      'shape',
      `The image output has the shape [${shape.join(', ')}], and texts have ${length} dimensions`,
    );
  }
  const logits = new Float64Array(count * vectors.length);
  for (let n = 0; n < count; n++) {
    const image = unit(values, n * length, length, `image ${n + 1}`);
    vectors.forEach((vector, k) => {
      logits[n * vectors.length + k] = scale * vector.reduce((sum, value, index) => sum + value * image[index]!, 0);
    });
  }
  return logits;
}

/** The mapping of an image-text model's output: the study's classes, as logits. */
export const textOutput = (imageOutput: string, { words }: TextMapping): OutputMapping => ({
  output: imageOutput,
  values: 'logits',
  size: words.length,
  classes: words.map((_, k) => [k]),
});
