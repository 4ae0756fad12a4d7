import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../main/contract/wire/errors.ts';
import {
  type ModelMapping,
  type TextMapping,
  textMappingSchema,
} from '../../../../main/contributions/outside/contract/outside.ts';
import { ForkLauncher } from '../../../../main/processes/launcher.ts';
import { OutputMismatch } from '../../../../main/contributions/outside/model/mapping.ts';
import { ModelProcess } from '../../../../main/contributions/outside/model/model-process.ts';
import { proposeImageText } from '../../../../main/contributions/outside/model/propose-text.ts';
import { missingRuntime } from '../../../../main/contributions/outside/model/runtime.ts';
import { classVectors } from '../../../../main/contributions/outside/model/text.ts';
import { Tokenizer } from '../../../../main/contributions/outside/model/tokenizer.ts';
import { removal } from '../../../temporary-folder.ts';
import { encodeModel } from './onnx-writer.ts';
import { id, stop, textEncoder, tokenizer, vocabulary } from './small-clip.ts';

const folder = mkdtempSync(join(tmpdir(), 'boundary-hostile-texts-'));
afterAll(() => rmSync(folder, removal));

let files = 0;
function written(content: string | Buffer | object): string {
  const path = join(folder, `${files++}.json`);
  writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return path;
}

const withModel = (change: object) => ({ ...tokenizer, model: { ...tokenizer.model, ...change } });
const withIds = (of: (id: number) => unknown) =>
  withModel({ vocab: Object.fromEntries(vocabulary.map((token, k) => [token, of(k)])) });
const splitting = (Regex: string) => ({
  ...tokenizer,
  pre_tokenizer: { type: 'Split', pattern: { Regex }, behavior: 'Removed', invert: true },
});

describe('tokenizers that are refused', () => {
  const nested = (depth: number): string => {
    const { normalizer: _, ...others } = tokenizer;
    const parts = `${'{"type":"Sequence","normalizers":['.repeat(depth)}{"type":"NFC"}${']}'.repeat(depth)}`;
    return `{"normalizer":${parts},${JSON.stringify(others).slice(1)}`;
  };
  const cases: [string, () => string, string][] = [
    ['an empty file', () => written(''), 'cannot be read'],
    ['no JSON', () => written('<html>404</html>'), 'cannot be read'],
    ['bytes', () => written(Buffer.from([0, 255, 254, 1])), 'cannot be read'],
    ['a list', () => written([1, 2]), 'has no tokenizer'],
    ['null', () => written('null'), 'has no tokenizer'],
    ['a folder', () => folder, 'not a file'],
    ['nothing', () => join(folder, 'absent'), 'no such file'],
    ['brackets without end', () => written('['.repeat(2_000_000)), 'cannot be read'],
    ['nested lists', () => written(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'has no tokenizer'],
    [
      'parts nested without end',
      () => written(`{"model":{"type":"BPE"},"normalizer":${'{"type":"Sequence","normalizers":['.repeat(100_000)}`),
      'cannot be read',
    ],
    ['parts nested deeply', () => written(nested(100_000)), 'cannot be read'],
    ['an empty vocabulary', () => written(withModel({ vocab: {}, merges: [] })), 'does not know every part'],
    ['a kind that nobody knows', () => written(withModel({ type: 'Magic' })), 'has no tokenizer'],
    ['a pattern that is none', () => written(splitting('(((')), 'cannot be read'],
    ['no vocabulary', () => written(withModel({ vocab: null })), 'has no tokenizer'],
    ['tokens below 0', () => written(withIds((k) => -k - 1)), 'which no text encoder has'],
    ['parts of tokens', () => written(withIds((k) => k + 0.5)), 'which no text encoder has'],
    ['tokens of 40 bits', () => written(withIds((k) => 2 ** 40 + k)), 'which no text encoder has'],
    ['tokens that are words', () => written(withIds(() => 'seven')), 'does not know every part'],
    ['tokens without a number', () => written(withIds(() => null)), 'does not know every part'],
    [
      '2 GB',
      () => {
        const path = written('{');
        truncateSync(path, 2 ** 31);
        return path;
      },
      'too large',
    ],
  ];
  it.each(cases)('%s', (_, make, text) => {
    const path = make();
    let error: unknown = null;
    try {
      // Tokens that were added have numbers of their own.
      Tokenizer.read(path).tokens('a cat dog', 12);
    } catch (reason) {
      error = reason;
    }
    expect(error).toBeInstanceOf(UserError);
    const { message, where, remedy } = error as UserError;
    expect(message).toContain(text);
    expect(message.length).toBeLessThan(400);
    expect(where).toBe(path);
    expect(remedy).toMatch(/\.$/);
  });

  it('names of prototypes, merges in circles and lengths that are nonsense harm nothing', () => {
    const vocab = { ...tokenizer.model.vocab, ['__proto__']: 5, constructor: 6 };
    const merges = [...tokenizer.model.merges, 'a b', 'b a', 'ab ab', 'a ab', 'ab a'];
    const odd = {
      ...withModel({ vocab, merges }),
      padding: { pad_id: -1, strategy: 'x' },
      truncation: { max_length: 1e9 },
    };
    const read = Tokenizer.read(written(odd));
    expect(read.tokens('a cat', 12)).toEqual(Tokenizer.read(written(tokenizer)).tokens('a cat', 12));
    expect(() => read.tokens('ababab', 12)).toThrow(UserError);
    expect(read.file).toMatchObject({ pad: id(stop), length: 1e9, kind: 'BPE' });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

const text: TextMapping = {
  ids: 'input_ids',
  mask: 'attention_mask',
  output: 'text_embeds',
  element: 'int64',
  length: 12,
  pad: id(stop),
  scale: 100,
  templates: ['a {class}'],
  words: [['cat'], ['dog']],
};

it.each<[string, readonly (readonly [number[], number[]])[], string]>([
  [
    'NaN',
    [
      [
        [Number.NaN, 1],
        [1, 2],
      ],
    ],
    'no direction for the prompt "a cat"',
  ],
  [
    'infinite',
    [
      [
        [Number.POSITIVE_INFINITY, 1],
        [1, 2],
      ],
    ],
    'no direction',
  ],
  [
    'zero',
    [
      [
        [0, 0],
        [1, 2],
      ],
    ],
    'no direction',
  ],
  ['empty', [[[], [1, 0]]], 'no direction'],
  [
    'of several prompts',
    [
      [
        [1, 2, 3, 4],
        [2, 2],
      ],
    ],
    'shape [2, 2]',
  ],
  [
    'of tokens',
    [
      [
        [1, 2],
        [1, 1, 2],
      ],
    ],
    'shape [1, 1, 2]',
  ],
  [
    'of another width each time',
    [
      [
        [1, 2],
        [1, 2],
      ],
      [
        [1, 2, 3],
        [1, 3],
      ],
    ],
    'and [1, 2] is expected',
  ],
])('vectors that are %s are refused', async (_, results, message) => {
  let asked = 0;
  const encoder = {
    run: () => Promise.resolve({ data: results[asked]?.[0] ?? [], dims: results[asked++]?.[1] ?? [] }),
  };
  const made = classVectors(encoder, Tokenizer.read(written(tokenizer)), text, () => Promise.resolve());
  await expect(made).rejects.toThrow(OutputMismatch);
  await expect(made).rejects.toThrow(message);
});

it('opposite prompts have no mean', async () => {
  let asked = 0;
  const encoder = { run: () => Promise.resolve({ data: [asked++ % 2 === 0 ? 1 : -1, 0], dims: [1, 2] }) };
  const two = { ...text, templates: ['a {class}', 'the {class}'] };
  const made = classVectors(encoder, Tokenizer.read(written(tokenizer)), two, () => Promise.resolve());
  await expect(made).rejects.toThrow('no direction for the prompts of "a cat"');
});

it('prompts that cannot be are refused before anything runs', () => {
  const faults = (change: object): string | undefined =>
    textMappingSchema.safeParse({ ...text, ...change }).error?.message;
  expect(faults({})).toBeUndefined();
  expect(faults({ templates: ['a photo'] })).toContain('{class}, where the name of a class goes');
  expect(faults({ templates: [] })).toBeDefined();
  expect(faults({ words: [['cat'], []] })).toBeDefined();
  expect(faults({ words: [['cat'], [' ']] })).toBeDefined();
  expect(faults({ templates: [`${'x'.repeat(600)}{class}`] })).toBeDefined();
  expect(faults({ scale: Number.NaN })).toBeDefined();
  expect(faults({ templates: Array(200).fill('{class}'), words: Array(1000).fill(['a', 'b']) })).toContain(
    '200000 prompts',
  );
});

const missing = missingRuntime();
if (missing !== null) process.stderr.write(`Not tested that hostile texts end their process only: ${missing}\n`);

describe.skipIf(missing !== null).concurrent('in the process of the model', () => {
  const image = join(folder, 'image.onnx');
  const encoder = join(folder, 'text.onnx');
  writeFileSync(
    image,
    encodeModel({
      inputs: [{ name: 'x', shape: ['n', 1, 2, 2] }],
      outputs: [{ name: 'image_embeds', shape: ['n', 4] }],
      nodes: [{ op: 'Flatten', inputs: ['x'], outputs: ['image_embeds'] }],
    }),
  );
  const zeros = new Float32Array(vocabulary.length * 4);
  writeFileSync(
    encoder,
    textEncoder(4, [
      { name: 'table', shape: [vocabulary.length, 4], data: zeros },
      { name: 'w', shape: [4, 4], data: new Float32Array(16).fill(1) },
    ]),
  );
  const open: ModelProcess[] = [];
  afterAll(() => Promise.all(open.map((model) => model.close())));

  const opened = (content: object, patience: number): ModelProcess => {
    const model = new ModelProcess({
      files: { model: image, text: { encoder, tokenizer: written(content) } },
      launcher: new ForkLauncher(),
      blobs: join(folder, 'blobs'),
      patience,
      memory: 400 * 2 ** 20,
    });
    open.push(model);
    return model;
  };

  let mapping: Extract<ModelMapping, { kind: 'image-text' }>;
  beforeAll(async () => {
    const { text: texts, ...file } = await opened(tokenizer, 60_000).inspect();
    const size = { width: 2, height: 2, channels: 1, classes: ['cat', 'dog'] } as const;
    const found = proposeImageText(file, texts ?? expect.fail('it has texts'), size, { model: image });
    mapping = { kind: 'image-text', input: found.input, imageOutput: found.imageOutput, text: found.text };
  });

  async function run(content: object, words = text.words, patience = 60_000): Promise<UserError> {
    const images = {
      from: 'pixels',
      width: 2,
      height: 2,
      channels: 1,
      pixels: Buffer.alloc(4).toString('base64'),
    } as const;
    const error: unknown = await opened(content, patience)
      .predict({ ...mapping, text: { ...mapping.text, words } }, images)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(readdirSync(folder)).not.toContain('blobs');
    return error as UserError;
  }

  it('vectors of zeros are refused with the text encoder', async () => {
    const error = await run(tokenizer);
    expect(error).toMatchObject({ code: 'outside.undefined-values', where: encoder });
    expect(error.remedy).toContain('text encoder and tokenizer');
  });

  it('a pattern that never ends is stopped', async () => {
    const error = await run(splitting('(x+x+)+y'), [['x'.repeat(200)], ['dog']], 3000);
    expect(error).toMatchObject({ code: 'outside.too-slow', where: encoder });
    expect(error.remedy).toContain('tokenizer');
  });

  it('a prompt that grows without end is stopped', async () => {
    const doubling = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' };
    const error = await run({ ...tokenizer, normalizer: { type: 'Sequence', normalizers: Array(40).fill(doubling) } });
    expect(['outside.memory', 'outside.tokenizer']).toContain(error.code);
  });
});
