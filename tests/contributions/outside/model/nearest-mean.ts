import { loadDataSet } from '../../../../main/training/data/load/load-data-set.ts';
import { encodeModel } from './onnx-writer.ts';

const size = 28 * 28;

/**
 * An ONNX model: the class whose mean image is nearest, of MNIST's first training images.
 * @param location where its weights are to lie; left out: in the model itself
 * @param part where in that file, if not all of it
 */
export function nearestMean(
  location?: string,
  part?: { offset: string; length: string },
): { model: Buffer; weights: Buffer } {
  const { train } = loadDataSet({ source: 'mnist' }, '');
  const weights = new Float32Array(size * 10);
  const bias = new Float32Array(10);
  const counts = new Float32Array(10);
  const images = 3000;
  for (let n = 0; n < images; n++) counts[train.labels[n]!]! += 1;
  for (let n = 0; n < images; n++) {
    const label = train.labels[n]!;
    for (let k = 0; k < size; k++) weights[k * 10 + label]! += (2 * train.images[n * size + k]!) / 255 / counts[label]!;
  }
  for (let k = 0; k < size * 10; k++) bias[k % 10]! -= weights[k]! ** 2 / 4;
  const model = encodeModel({
    inputs: [{ name: 'image', type: 'float32', shape: ['batch', 1, 28, 28] }],
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 10] }],
    constants: [
      {
        name: 'w',
        shape: [size, 10],
        ...(location === undefined ? { data: weights } : { external: { location, ...part } }),
      },
      { name: 'b', shape: [10], data: bias },
    ],
    nodes: [
      { op: 'Flatten', inputs: ['image'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'w'], outputs: ['product'] },
      { op: 'Add', inputs: ['product', 'b'], outputs: ['logits'] },
    ],
  });
  return { model, weights: Buffer.from(weights.buffer) };
}
