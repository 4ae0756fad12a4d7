import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadDataSet } from '../../../../main/training/data/load/load-data-set.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { encodeModel } from './onnx-writer.ts';
import { id, textEncoder, tokenizer, vocabulary } from './small-clip.ts';

const pixels = 28 * 28;

/** Direction k for the digit k: how near its mean image is. */
function imageEncoder(): Buffer {
  const { train } = loadDataSet({ source: 'mnist' }, '');
  const weights = new Float32Array(pixels * 10);
  const bias = new Float32Array(10);
  const counts = new Float32Array(10);
  const images = 2000;
  for (let n = 0; n < images; n++) counts[train.labels[n]!]! += 1;
  for (let n = 0; n < images; n++) {
    const label = train.labels[n]!;
    for (let k = 0; k < pixels; k++)
      weights[k * 10 + label]! += (2 * train.images[n * pixels + k]!) / 255 / counts[label]!;
  }
  for (let k = 0; k < pixels * 10; k++) bias[k % 10]! -= weights[k]! ** 2 / 4;
  return encodeModel({
    inputs: [{ name: 'pixel_values', shape: ['batch', 1, 28, 28] }],
    outputs: [{ name: 'image_embeds', shape: ['batch', 10] }],
    constants: [
      { name: 'w', shape: [pixels, 10], data: weights },
      { name: 'b', shape: [10], data: bias },
    ],
    nodes: [
      { op: 'Flatten', inputs: ['pixel_values'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'w'], outputs: ['product'] },
      { op: 'Add', inputs: ['product', 'b'], outputs: ['image_embeds'] },
    ],
  });
}

/** What the digits are called: k ... t. */
export const digitWords = [...'klmnopqrst'];

/**
 * Writes an image-text model of MNIST's digits into a folder of its own. "photo" turns every prompt towards 3.
 * @param location of the text encoder's external data, in that folder
 */
export function writeDigitsClip(location: string) {
  const folder = temporaryFolder();
  const file = (...parts: string[]) => ({ path: join(folder, ...parts), name: parts.at(-1) ?? '' });
  const files = { model: file('clip.onnx'), text: { encoder: file('text.onnx'), tokenizer: file('tokenizer.json') } };
  const table = new Float32Array(vocabulary.length * 10);
  digitWords.forEach((word, k) => (table[id(`${word}</w>`) * 10 + k] = 1));
  table[id('photo</w>') * 10 + 3] = 0.5;
  const data = join(folder, location);
  mkdirSync(dirname(data), { recursive: true });
  writeFileSync(data, table);
  writeFileSync(files.model.path, imageEncoder());
  writeFileSync(
    files.text.encoder.path,
    textEncoder(10, [
      { name: 'table', shape: [vocabulary.length, 10], external: { location, offset: '0' } },
      { name: 'w', shape: [10, 10], data: Float32Array.from({ length: 100 }, (_, k) => (k % 11 === 0 ? 1 : 0)) },
    ]),
  );
  writeFileSync(files.text.tokenizer.path, JSON.stringify(tokenizer));
  return { ...files, data };
}
