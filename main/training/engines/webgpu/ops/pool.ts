import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context, Kernel } from '../context.ts';

const uniforms = { height: 'i32', width: 'i32', channels: 'i32' } as const;

const pool: Kernel = {
  name: 'max pool',
  inputs: ['x'],
  uniforms,
  value: `
    let g = uniforms;
    var rest = i / g.channels;
    let column = rest % (g.width / 2) * 2;
    rest /= g.width / 2;
    let row = rest % (g.height / 2) * 2;
    let image = rest / (g.height / 2);
    let first = ((image * g.height + row) * g.width + column) * g.channels + i % g.channels;
    let below = first + g.width * g.channels;
    return max(max(x[first], x[first + g.channels]), max(x[below], x[below + g.channels]));`,
};

/** tfjs's own gives every one of equal maxima the gradient. Here each pixel looks whether it is the first one. */
const poolGradient: Kernel = {
  name: 'max pool gradient',
  inputs: ['x', 'dy'],
  uniforms,
  value: `
    let g = uniforms;
    let channel = i % g.channels;
    var rest = i / g.channels;
    let column = rest % g.width;
    rest /= g.width;
    let row = rest % g.height;
    let image = rest / g.height;
    if (row / 2 >= g.height / 2 || column / 2 >= g.width / 2) { return 0.0; }
    let place = row % 2 * 2 + column % 2;
    let corner = ((image * g.height + row / 2 * 2) * g.width + column / 2 * 2) * g.channels + channel;
    for (var other = 0; other < 4; other++) {
      let value = x[corner + (other / 2 * g.width + other % 2) * g.channels];
      if (value > x[i] || (value == x[i] && other < place)) { return 0.0; }
    }
    return dy[((image * (g.height / 2) + row / 2) * (g.width / 2) + column / 2) * g.channels + channel];`,
};

/** 2x2 max pooling. */
export function poolOps(c: Context): Pick<Ops, 'maxPool2'> {
  return {
    maxPool2: (x) => {
      const [n, height, width, channels] = x.shape;
      const shape = { height, width, channels };
      return c.differentiable({
        inputs: [x],
        forward: () => {
          const pooled = [n, Math.floor(height / 2), Math.floor(width / 2), channels];
          return { value: c.map<Tensor4D>(pool, pooled, [x], shape), save: [x] };
        },
        backward: (dy, [x]) => [() => c.map(poolGradient, x.shape, [x, dy], shape)],
      });
    },
  };
}
