import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import type { OutputMapping, TextMapping } from '../../contract/outside.ts';
import { formatBytes } from '../../domain/format.ts';
import { fileError } from '../../files/file-errors.ts';
import { outsideError } from './errors.ts';
import { OutputMismatch } from './mapping.ts';
import { loadOptional, type ModelSession } from './runtime.ts';

/** What is used of @huggingface/tokenizers, an optional package. */
interface Tokenizer {
  encode(text: string): { ids: readonly number[] };
}

/** Those of large vocabularies have 35 MB. */
const largestTokenizer = 128 * 2 ** 20;

/** Reads a `tokenizer.json` as Hugging Face writes it. @throws UserError `outside.tokenizer`, `file.*` */
function readTokenizer(path: string): Tokenizer {
  const refuse = (what: string) =>
    outsideError('tokenizer', what, path, 'Choose the tokenizer.json that belongs to the text encoder.');
  try {
    const { size } = statSync(path);
    if (size > largestTokenizer) throw refuse(`A tokenizer of ${formatBytes(size)} is too large`);
    const parsed = z.looseObject({ model: z.looseObject({}) }).safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!parsed.success) throw refuse('This file has no tokenizer');
    const { Tokenizer } = loadOptional('@huggingface/tokenizers', 'The library that splits prompts into tokens') as {
      Tokenizer: new (json: object, config: object) => Tokenizer;
    };
    return new Tokenizer(parsed.data, {});
  } catch (error) {
    const known = fileError(error, path);
    if (known instanceof UserError) throw known;
    // The library throws errors of many kinds for what it does not know.
    throw refuse(`The tokenizer cannot be read: ${String(known).slice(0, 200)}`);
  }
}

/** All prompts of each class, templates first. */
export const promptsOf = ({ templates, words }: TextMapping): string[][] =>
  words.map((each) => templates.flatMap((template) => each.map((word) => template.replaceAll('{class}', () => word))));

/**
 * A unit vector for each class, float64 [classes][dimensions]: the mean of the unit vectors of its prompts. Prompts are encoded
 * one by one, so that none depends on the others.
 * @throws UserError `outside.tokenizer`, `outside.prompt-too-long`, and those of running the text encoder
 */
export async function classVectors(
  encoder: ModelSession,
  tokenizerPath: string,
  mapping: TextMapping,
  onProgress: () => void,
): Promise<Float64Array[]> {
  const tokenizer = readTokenizer(tokenizerPath);
  const vectors: Float64Array[] = [];
  for (const prompts of promptsOf(mapping)) {
    const sum: number[] = [];
    for (const prompt of prompts) {
      const { data, dims } = await encoder.run(
        inputsOf(tokensOf(tokenizer, prompt, mapping.length, tokenizerPath), mapping),
        mapping.output,
      );
      if (dims[0] !== 1 || dims[1] !== data.length) {
        throw new OutputMismatch(
          'shape',
          `The text output has the shape [${dims.join(', ')}], and [1, dimensions] is expected`,
        );
      }
      unit(data, 0, data.length, `the prompt "${prompt}"`).forEach((value, k) => (sum[k] = (sum[k] ?? 0) + value));
      onProgress();
    }
    vectors.push(unit(sum, 0, sum.length, `the prompts of "${prompts[0]}"`));
  }
  return vectors;
}

function tokensOf(tokenizer: Tokenizer, prompt: string, length: number, path: string): readonly number[] {
  const { ids } = tokenizer.encode(prompt);
  if (ids.length > length) {
    throw outsideError(
      'prompt-too-long',
      `The prompt "${prompt.slice(0, 200)}" has ${ids.length} tokens, and the text encoder takes ${length}`,
      path,
      'Shorten the template or the word for the class.',
    );
  }
  if (ids.length > 0 && ids.every((id) => Number.isInteger(id))) return ids;
  throw outsideError(
    'tokenizer',
    `The tokenizer does not know every part of the prompt "${prompt.slice(0, 200)}"`,
    path,
    'Use other words, or the tokenizer.json that belongs to the text encoder.',
  );
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
  ...{ output: imageOutput, values: 'logits', size: words.length },
  classes: words.map((_, k) => [k]),
});
