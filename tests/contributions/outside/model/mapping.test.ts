import { describe, expect, it } from 'vitest';
import {
  type InputMapping,
  inputMappingSchema,
  type OutputMapping,
} from '../../../../main/contributions/outside/contract/outside.ts';
import { imageWriter, OutputMismatch, toSoftmax } from '../../../../main/contributions/outside/model/mapping.ts';

describe('images become inputs', () => {
  const mapping: InputMapping = {
    input: 'x',
    layout: 'nchw',
    channels: 'rgb',
    width: 2,
    height: 1,
    resize: 'fit',
    transposed: false,
    invert: false,
    range: [0, 255],
    mean: [0, 0, 0],
    std: [1, 1, 1],
    element: 'float32',
    batch: null,
  };
  const colors = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const color = { width: 2, height: 1, channels: 3 } as const;
  const values = (change: Partial<InputMapping>, pixels = colors, size: Parameters<typeof imageWriter>[1] = color) => {
    const changed = inputMappingSchema.parse({ ...mapping, ...change });
    const depth = changed.channels === 'gray' ? 1 : 3;
    const written = new Float32Array(changed.width * changed.height * depth);
    imageWriter(changed, size)(pixels, 0, written, 0);
    return [...written].map((value) => Number(value.toFixed(3)));
  };
  const gray: Partial<InputMapping> = { channels: 'gray', mean: [0], std: [1] };

  it.each<[string, Partial<InputMapping>, number[]]>([
    ['in planes', {}, [1, 4, 2, 5, 3, 6]],
    ['interleaved', { layout: 'nhwc' }, [1, 2, 3, 4, 5, 6]],
    ['flat, interleaved', { layout: 'flat-nhwc' }, [1, 2, 3, 4, 5, 6]],
    ['with blue first', { channels: 'bgr' }, [3, 6, 2, 5, 1, 4]],
    ['with numbers for each channel', { mean: [1, 2, 3], std: [1, 2, 3] }, [0, 3, 0, 1.5, 0, 1]],
    ['inverted', { invert: true }, [254, 251, 253, 250, 252, 249]],
    ['from -1 to 1', { range: [-1, 1], ...gray }, [-0.984, -0.961]],
    ['transposed', { width: 1, height: 2, transposed: true, layout: 'nhwc' }, [1, 2, 3, 4, 5, 6]],
  ])('%s', (_, change, expected) => expect(values(change)).toEqual(expected));

  it('of another size', () => {
    const square = Uint8Array.of(10, 20, 30, 40);
    const size = { width: 2, height: 2, channels: 1 } as const;
    const wide = { ...gray, width: 4, height: 2 };
    expect(values({ ...wide, resize: 'pad' }, square, size)).toEqual([0, 10, 20, 0, 0, 30, 40, 0]);
    expect(values({ ...wide, resize: 'fit' }, square, size)).toEqual([10, 13, 18, 20, 30, 33, 38, 40]);
    expect(values({ ...wide, resize: 'pad', background: 9, align: 'start' }, square, size)).toEqual([
      10, 20, 9, 9, 30, 40, 9, 9,
    ]);
    // Enlarged to 4 x 4, of which the rows in the middle stay.
    expect(values({ ...wide, resize: 'fill' }, square, size)).toEqual([15, 18, 23, 25, 25, 28, 33, 35]);
    expect(values({ ...mapping, width: 2, height: 2, layout: 'nhwc' }, square, size).slice(0, 3)).toEqual([10, 10, 10]);
    expect(values({ ...gray, width: 2, height: 2, transposed: true }, square, size)).toEqual([10, 30, 20, 40]);
  });
});

describe('outputs become softmax over the classes', () => {
  const mapping: OutputMapping = { output: 'y', values: 'probabilities', size: 4, classes: [[0, 2], [1]] };

  it('sums the outputs of a class, and tells what belongs to none', () => {
    const { softmax, labels, other } = toSoftmax([0.25, 0.25, 0.25, 0.25, 0, 0, 0, 1], [2, 4], mapping, 2);
    expect([...softmax].map((value) => value.toFixed(4))).toEqual(['0.6667', '0.3333', '0.5000', '0.5000']);
    expect([...labels]).toEqual([0, 0]);
    expect(other).toEqual(Float32Array.of(0.25, 1));
  });

  it('of logits, and of steps', () => {
    const logits = toSoftmax([Math.log(3), 0, -Infinity, 0], [1, 4, 1, 1], { ...mapping, values: 'logits' }, 1);
    expect(logits.softmax[0]).toBeCloseTo(0.75, 6);
    expect(logits.other?.[0]).toBeCloseTo(0.2, 6);
    const steps = toSoftmax([0, 1, 0, 0, 0.5, 0, 0, 0.5], [1, 2, 4], { ...mapping, steps: 'largest' }, 1);
    expect(steps.softmax[1]).toBeCloseTo(2 / 3, 6);
    const mean = toSoftmax([0, 1, 0, 0, 0.5, 0, 0, 0.5], [1, 2, 4], { ...mapping, steps: 'mean' }, 1);
    expect(mean.softmax[1]).toBeCloseTo(2 / 3, 6);
    expect(mean.other?.[0]).toBeCloseTo(0.25, 6);
  });

  it.each<[string, number[], number[], string]>([
    ['another size', [1, 0, 0], [1, 3], '[1, 4] is expected'],
    ['too few images', [], [0, 4], '[1, 4] is expected'],
    ['NaN', [NaN, 0, 0, 0], [1, 4], 'gives NaN for image 1'],
    ['no probabilities', [3, 4, 0, 0], [1, 4], 'with the sum 7.00'],
    ['negative ones', [1.5, -0.5, 0, 0], [1, 4], 'with -0.500 among them'],
  ])('refuses %s', (_, values, shape, text) => {
    const map = () => toSoftmax(values, shape, mapping, 1);
    expect(map).toThrow(OutputMismatch);
    expect(map).toThrow(text);
  });
});
