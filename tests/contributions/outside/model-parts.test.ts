import { expect, test } from 'vitest';
import { areUnclear, missingParts, sortFiles } from '../../../renderer/contributions/outside/model-parts.ts';

const sorted = (first: string, ...others: string[]) => {
  const named = (name: string) => ({ name });
  return sortFiles([named(first), ...others.map(named)]);
};

/** Names of the image encoder, the text encoder, the tokenizer and external data. */
function partsOf(...[first, ...others]: [string, ...string[]]) {
  const found = sorted(first, ...others);
  if (found.kind !== 'image-text') throw new Error(`these are files of kind ${found.kind}`);
  const { image, text, tokenizer, data } = found.parts;
  return [image, text, tokenizer].map((file) => file?.name ?? null).concat(data.map(({ name }) => name));
}

test('files without a part of a model are a table, and one ONNX file is a classifier with all others', () => {
  expect(sorted('answers.csv', 'other.csv')).toEqual({ kind: 'table', table: { name: 'answers.csv' } });
  expect(sorted('a.data', 'resnet.ONNX')).toEqual({
    kind: 'onnx',
    model: { name: 'resnet.ONNX' },
    data: [{ name: 'a.data' }],
  });
});

test('names say which file is which part of an image-text model', () => {
  const found = ['vision_model.onnx', 'text_model.onnx', 'tokenizer.json'];
  expect(partsOf('tokenizer.json', 'text_model.onnx', 'vision_model.onnx')).toEqual(found);
  // Other files of the same folder.
  const beside = ['config.json', 'tokenizer_config.json', 'vision_model.onnx_data', 'model.onnx'] as const;
  expect(partsOf(...beside, ...found)).toEqual([...found, 'vision_model.onnx_data']);
  expect(partsOf('clip.onnx', 'clip-textual.onnx')).toEqual(['clip.onnx', 'clip-textual.onnx', null]);
  expect(partsOf('b.onnx', 'clip-visual.onnx')).toEqual(['clip-visual.onnx', 'b.onnx', null]);
  expect(partsOf('text.onnx', 'tokenizer.json')).toEqual([null, 'text.onnx', 'tokenizer.json']);
  expect(partsOf('a.onnx', 'tokenizer.json')).toEqual(['a.onnx', null, 'tokenizer.json']);
  expect(partsOf('tokenizer.json')).toEqual([null, null, 'tokenizer.json']);
});

test('what names leave open, and what is missing, is told', () => {
  const unclear = sorted('a.onnx', 'b.onnx');
  if (unclear.kind !== 'image-text') throw new Error('two ONNX files are an image-text model');
  expect(areUnclear(unclear.parts)).toBe(true);
  expect(missingParts(unclear.parts)).toEqual(['tokenizer.json']);
  expect(areUnclear({ ...unclear.parts, text: { name: 'text.onnx' } })).toBe(false);
  expect(missingParts({ image: null, text: null, tokenizer: null, data: [] })).toHaveLength(3);
  expect(() => sorted('a.onnx', 'b.onnx', 'c.onnx')).toThrow('These are 3 ONNX files');
});
