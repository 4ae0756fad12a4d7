import { encodeModel, type TensorData } from './onnx-writer.ts';

/** Parts of a CLIP with the layout of the real one: a tokenizer of byte pairs, and a text encoder of a table. */
export const [start, stop] = ['<|startoftext|>', '<|endoftext|>'];
const letters = [...'abcdefghijklmnopqrstuvwxyz.'];
const merges = ['c a', 'ca t</w>', 'p h', 'o t', 'ph ot', 'phot o</w>', 'o f</w>', 'd o', 'do g</w>'];
export const vocabulary = [
  ...letters,
  ...letters.map((letter) => `${letter}</w>`),
  ...merges.map((merge) => merge.replace(' ', '')),
  start,
  stop,
];
export const id = (token: string): number => vocabulary.indexOf(token);

export const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [start, stop].map((content) => ({
    id: id(content),
    content,
    special: true,
    normalized: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
  })),
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'NFC' },
      { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
      { type: 'Lowercase' },
    ],
  },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      {
        type: 'Split',
        pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
        behavior: 'Removed',
        invert: true,
      },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    ],
  },
  post_processor: {
    type: 'RobertaProcessing',
    trim_offsets: false,
    add_prefix_space: false,
    sep: [stop, id(stop)],
    cls: [start, id(start)],
  },
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: stop,
    continuing_subword_prefix: '',
    end_of_word_suffix: '</w>',
    fuse_unk: false,
    vocab: Object.fromEntries(vocabulary.map((token, k) => [token, k])),
    merges,
  },
};

export const numbers = (...values: number[]): BigInt64Array => BigInt64Array.from(values.map(BigInt));

/** The sum of the rows of `table` [vocabulary, n] for the tokens of a prompt, times `w` [n, width]. @param constants both */
export const textEncoder = (width: number, constants: readonly TensorData[]): Buffer =>
  encodeModel({
    inputs: [
      { name: 'input_ids', type: 'int64', shape: ['batch', 12] },
      { name: 'attention_mask', type: 'int64', shape: ['batch', 12] },
    ],
    outputs: [{ name: 'text_embeds', shape: ['batch', width] }],
    nodes: [
      { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['tokens'] },
      { op: 'Cast', inputs: ['attention_mask'], outputs: ['float_mask'], attributes: { to: 1 } },
      { op: 'Unsqueeze', inputs: ['float_mask', 'last'], outputs: ['weights'] },
      { op: 'Mul', inputs: ['tokens', 'weights'], outputs: ['masked'] },
      { op: 'ReduceSum', inputs: ['masked', 'along'], outputs: ['sum'], attributes: { keepdims: 0 } },
      { op: 'MatMul', inputs: ['sum', 'w'], outputs: ['text_embeds'] },
    ],
    constants: [
      ...constants,
      { name: 'last', shape: [1], type: 'int64', data: numbers(2) },
      { name: 'along', shape: [1], type: 'int64', data: numbers(1) },
    ],
  });
