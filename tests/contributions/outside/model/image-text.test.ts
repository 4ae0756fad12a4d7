import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type FilesOf,
  type ImageTextProposal,
  type ModelMapping,
  type TextMapping,
  textMappingSchema,
} from '../../../../main/contributions/outside/contract/outside.ts';
import { at } from '../../../../main/domain/numbers/arrays.ts';
import { canonicalJson } from '../../../../main/domain/plans/identity.ts';
import { sha256 } from '../../../../main/files/blobs.ts';
import { randomStream } from '../../../../main/domain/random/random.ts';
import { ForkLauncher } from '../../../../main/processes/launcher.ts';
import { ModelProcess } from '../../../../main/contributions/outside/model/model-process.ts';
import { proposeImageText } from '../../../../main/contributions/outside/model/propose-text.ts';
import { promptsOf } from '../../../../main/contributions/outside/model/prompts.ts';
import { cosineLogits } from '../../../../main/contributions/outside/model/text.ts';
import { removal } from '../../../temporary-folder.ts';
import { arrays } from './arrays.ts';
import { writeSmallMnist } from '../../../training/small-data.ts';
import { encodeModel } from './onnx-writer.ts';
import { id, numbers, start, stop, textEncoder, tokenizer, vocabulary } from './small-clip.ts';

/** A CLIP of random weights with the layout of the real one: two encoders and a tokenizer of byte pairs. */
const folder = mkdtempSync(join(tmpdir(), 'boundary-image-text-'));
const paths = {
  model: join(folder, 'image.onnx'),
  text: { encoder: join(folder, 'text.onnx'), tokenizer: join(folder, 'tokenizer.json') },
};
const width = 5;
const draw = (purpose: string, count: number): Float32Array => {
  const random = randomStream(7, purpose);
  return Float32Array.from({ length: count }, () => random.float() * 2 - 1);
};
const table = draw('table', vocabulary.length * 4);
const textWeights = draw('text', 4 * width);
const imageWeights = draw('image', 48 * width);

let proposal: ImageTextProposal;
let model: ModelProcess;
const open: ModelProcess[] = [];
function opened(files: FilesOf<string>): ModelProcess {
  const process = new ModelProcess({ files, launcher: new ForkLauncher(), blobs: folder, patience: 60_000 });
  open.push(process);
  return process;
}

beforeAll(async () => {
  writeFileSync(paths.text.tokenizer, JSON.stringify(tokenizer));
  writeFileSync(
    paths.model,
    encodeModel({
      inputs: [{ name: 'pixel_values', shape: ['batch', 3, 4, 4] }],
      outputs: [
        { name: 'last_hidden_state', shape: ['batch', 48, 1] },
        { name: 'image_embeds', shape: ['batch', width] },
      ],
      nodes: [
        { op: 'Flatten', inputs: ['pixel_values'], outputs: ['flat'] },
        { op: 'Unsqueeze', inputs: ['flat', 'last'], outputs: ['last_hidden_state'] },
        { op: 'MatMul', inputs: ['flat', 'w'], outputs: ['image_embeds'] },
      ],
      constants: [
        { name: 'w', shape: [48, width], data: imageWeights },
        { name: 'last', shape: [1], type: 'int64', data: numbers(2) },
      ],
    }),
  );
  writeFileSync(
    paths.text.encoder,
    textEncoder(width, [
      { name: 'table', shape: [vocabulary.length, 4], data: table },
      { name: 'w', shape: [4, width], data: textWeights },
    ]),
  );
  const size = { width: 4, height: 4, channels: 3, classes: ['cat', 'dog', 'hot_dog'] } as const;
  model = opened(paths);
  const { text, ...image } = await model.inspect();
  proposal = proposeImageText(image, text ?? expect.fail('it has a text encoder'), size, paths);
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  rmSync(folder, removal);
});

const count = 9;
const pixels = Uint8Array.from({ length: count * 48 }, (_, k) => (k * 97 + (k % 7) * 31) % 256);

const mappingWith = (change: Partial<TextMapping>, { input, imageOutput, text } = proposal): ModelMapping => ({
  kind: 'image-text',
  input,
  imageOutput,
  text: { ...text, ...change },
});

const predict = (change: Partial<TextMapping> = {}, by = model) =>
  arrays(by, folder)(mappingWith(change), {
    from: 'pixels',
    width: 4,
    height: 4,
    channels: 3,
    pixels: Buffer.from(pixels).toString('base64'),
  });

const isWanted = process.env.BOUNDARY_FETCH === '1';
if (!isWanted) console.warn('Tokens are not compared: BOUNDARY_FETCH=1 fetches the library tokenizers from PyPI.');

describe('the definition, computed anew', () => {
  const unit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.hypot(...vector));
  const times = (vector: readonly number[], weights: Float32Array): number[] =>
    Array.from({ length: width }, (_, k) =>
      vector.reduce((sum, value, row) => sum + value * at(weights, row * width + k), 0),
    );
  const textVector = (tokens: readonly string[]): number[] => {
    const all = [start, ...tokens, stop].map(id);
    const sum = [0, 1, 2, 3].map((k) => all.reduce((total, token) => total + at(table, token * 4 + k), 0));
    return unit(times(sum, textWeights));
  };
  const imageVector = (n: number): number[] => {
    // Of OpenAI's CLIP.
    const [mean, std] = [
      [0.48145466, 0.4578275, 0.40821073],
      [0.26862954, 0.26130258, 0.27577711],
    ];
    const planes = Array.from({ length: 48 }, (_, k) => {
      const [channel, pixel] = [Math.floor(k / 16), k % 16];
      return (at(pixels, n * 48 + pixel * 3 + channel) / 255 - at(mean, channel)) / at(std, channel);
    });
    return unit(times(planes, imageWeights));
  };
  const expected = (classes: readonly (readonly string[])[][], scale: number): number[] => {
    const vectors = classes.map((prompts) =>
      unit(
        prompts.map(textVector).reduce((sum, vector) => sum.map((value, k) => value + at(vector, k)), [0, 0, 0, 0, 0]),
      ),
    );
    return Array.from({ length: count }, (_, n) => {
      const image = imageVector(n);
      const powers = vectors.map((vector) =>
        Math.exp(scale * vector.reduce((sum, value, k) => sum + value * at(image, k), 0)),
      );
      const sum = powers.reduce((total, value) => total + value, 0);
      return powers.map((value) => value / sum);
    }).flat();
  };
  const largestDifference = (softmax: Float32Array, wanted: readonly number[]): number =>
    Math.max(...wanted.map((value, k) => Math.abs(value - at(softmax, k))));
  const photo = ['a</w>', 'photo</w>', 'of</w>', 'a</w>'];
  const [cat, dog, hotDog] = [['cat</w>'], ['dog</w>'], ['h', 'o', 't</w>', 'dog</w>']];

  it('agrees to 1e-4', async () => {
    expect(proposal.text).toMatchObject({
      length: 12,
      ids: 'input_ids',
      mask: 'attention_mask',
      output: 'text_embeds',
    });
    expect(proposal).toMatchObject({ imageOutput: 'image_embeds', input: { resize: 'fill', channels: 'rgb' } });
    const { softmax, labels, other } = await predict({ scale: 10 });
    const wanted = expected(
      [cat, dog, hotDog].map((word) => [[...photo, ...word, '.</w>']]),
      10,
    );
    expect(largestDifference(softmax, wanted)).toBeLessThan(1e-4);
    expect(other).toBeNull();
    labels.forEach((label, n) => {
      const row = wanted.slice(3 * n, 3 * n + 3);
      expect(label).toBe(row.indexOf(Math.max(...row)));
    });
    expect(new Set(labels).size).toBeGreaterThan(1);
  });

  it('of several templates and words too', async () => {
    const { softmax } = await predict({
      scale: 3,
      templates: ['a photo of a {class}', '{class}'],
      words: [['cat'], ['Dog', 'hot  dog']],
    });
    const wanted = expected(
      [
        [[...photo, ...cat], cat],
        [[...photo, ...dog], [...photo, ...hotDog], dog, hotDog],
      ],
      3,
    );
    expect(largestDifference(softmax, wanted)).toBeLessThan(1e-4);
  });
});

it('words are taken as they are, vectors of any length have a direction, and there is an end to prompts', () => {
  const words = [['$& bill'], ['US$$ note', '$`']];
  const mapping = { ...proposal.text, templates: ['a {class}.'], words };
  expect(promptsOf(mapping)).toEqual([['a $& bill.'], ['a US$$ note.', 'a $`.']]);
  const long = new Float64Array(200_000).fill(3);
  expect(cosineLogits(long, [1, long.length], [long], 1, 1)[0]).toBeCloseTo((9 * Math.sqrt(200_000)) / 3, 6);
  const many = { ...mapping, templates: Array<string>(200).fill('{class}'), words: Array(1000).fill(['cat', 'dog']) };
  expect(textMappingSchema.safeParse(many).error?.message).toContain('at most 200000 prompts');
});

it('other prompts are another model', () => {
  const hash = 'a'.repeat(64);
  const key = (text: Partial<TextMapping>): string => {
    const { input, imageOutput } = proposal;
    const files = { file: hash, textFile: hash, tokenizer: hash };
    return sha256(
      canonicalJson({ kind: 'image-text', ...files, input, imageOutput, text: { ...proposal.text, ...text } }),
    );
  };
  expect(key({})).toBe(key({}));
  expect(
    new Set([key({}), key({ templates: ['{class}'] }), key({ scale: 50 }), key({ words: [['cat'], ['dog']] })]).size,
  ).toBe(4);
});

it('is checked on labeled images as other models are', async () => {
  const { dataSet, dataSetHash } = writeSmallMnist(folder);
  const mapping = mappingWith({ words: [...'abcdefghij'].map((word) => [word]) });
  const { images, errors, confusion, other, warnings } = await model.check(mapping, {
    dataSet,
    dataSetHash,
    images: 60,
  });
  expect([images, other]).toEqual([60, null]);
  const right = confusion.filter(({ actual, predicted }) => actual === predicted);
  expect(right.reduce((sum, { count: each }) => sum + each, 0)).toBe(60 - errors);
  // Logits are cosines: no alternative takes them for probabilities.
  expect(warnings.map(({ mistake }) => mistake)).not.toContain('values');
});

it.each<[string, Partial<TextMapping>, string | null, string]>([
  [
    'a prompt that is too long',
    { templates: ['a photo of a photo of a photo of a {class}'] },
    null,
    'has 13 tokens, and the text encoder takes 12',
  ],
  ['a tokenizer that is no JSON', {}, '{"model"', 'The tokenizer cannot be read'],
  ['a tokenizer without a model', {}, '{}', 'This file has no tokenizer'],
  ['a tokenizer of an unknown kind', {}, '{"model":{"type":"Magic","vocab":{}}}', 'This file has no tokenizer'],
  ['words that the tokenizer does not know', { words: [['7'], ['dog']] }, null, 'does not know every part'],
  ['tokens that the encoder does not have', { pad: 5000 }, null, 'cannot process'],
  ['an output that is not there', { output: 'absent' }, null, 'The model has no output "absent"'],
])('refuses %s', async (_, change, text, message) => {
  const other = join(folder, 'other.json');
  if (text !== null) writeFileSync(other, text);
  const by = text === null ? model : opened({ ...paths, text: { ...paths.text, tokenizer: other } });
  await expect(predict(change, by)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(message),
  });
});

it.runIf(isWanted)('tokens are those of Hugging Face’s own library', { timeout: 120_000 }, async () => {
  const library = join(folder, 'library');
  mkdirSync(library);
  execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', library, 'tokenizers==0.22.1']);
  const prompts = ['a photo of a cat.', 'Dog,  hot\tdog', 'the cats’ café'];
  const program =
    'import sys, json\nfrom tokenizers import Tokenizer\nt = Tokenizer.from_file(sys.argv[1])\nprint(json.dumps([t.encode(p).ids for p in sys.argv[2:]]))';
  const output = execFileSync('python3', ['-c', program, paths.text.tokenizer, ...prompts], {
    env: { ...process.env, PYTHONPATH: library },
  });
  const { Tokenizer } = createRequire(import.meta.url)('@huggingface/tokenizers') as {
    Tokenizer: new (json: object, config: object) => { encode(text: string): { ids: number[] } };
  };
  const ours = prompts.map((prompt) => new Tokenizer(tokenizer, {}).encode(prompt).ids);
  expect(ours).toEqual(JSON.parse(output.toString()));
});

const python = process.env.BOUNDARY_CLIP;
if (!python) console.warn('No CLIP is exported: BOUNDARY_CLIP=<python with torch, transformers and onnxscript> does.');

it.runIf(python)('a CLIP of transformers predicts as there, to 1e-4', { timeout: 300_000 }, async () => {
  const place = join(folder, 'clip');
  mkdirSync(place);
  const named = (name: string): string => join(place, name);
  const [image, text, tokens] = [named('image.onnx'), named('text.onnx'), named('tokenizer.json')];
  const size = { width: 8, height: 8, channels: 3 } as const;
  const pictures = Uint8Array.from({ length: 40 * 192 }, (_, k) => (k * 97 + (k % 7) * 31) % 256);
  writeFileSync(tokens, JSON.stringify(tokenizer));
  writeFileSync(join(place, 'pixels'), pictures);
  const templates = ['a photo of a {class}.', '{class}'];
  const words = [['cat'], ['dog', 'hot dog'], ['coat']];
  const script = join(import.meta.dirname, 'tiny-clip.py');
  const printed = execFileSync(python ?? '', [script, place, JSON.stringify(templates), JSON.stringify(words), '10']);
  const expected = z.array(z.number()).parse(JSON.parse(printed.toString().trim().split('\n').at(-1) ?? ''));
  const files = { model: image, text: { encoder: text, tokenizer: tokens } };
  const clip = opened(files);
  const { text: texts, ...imageFile } = await clip.inspect();
  const classes = ['cat', 'dog', 'coat'];
  const found = proposeImageText(imageFile, texts ?? expect.fail('it has texts'), { ...size, classes }, files);
  expect(found).toMatchObject({ imageOutput: 'image_embeds', text: { length: 16, output: 'text_embeds' } });
  const mapping = mappingWith({ templates, words, scale: 10 }, found);
  const { softmax } = await arrays(clip, folder)(mapping, {
    from: 'pixels',
    ...size,
    pixels: Buffer.from(pictures).toString('base64'),
  });
  expect(softmax).toHaveLength(120);
  expect(Math.max(...expected.map((value, k) => Math.abs(value - at(softmax, k))))).toBeLessThan(1e-4);
});
