import type { Architecture } from '../contract/recipes.ts';
import type { Study, TrainedGeneratorSpec } from '../contract/study.ts';
import { at } from './arrays.ts';

/** The generator that a study trains; null if it takes a trained one, or needs none. */
export function ownGenerator({ generator }: Pick<Study, 'generator'>): TrainedGeneratorSpec | null {
  return generator?.shipped === undefined ? generator : null;
}

/** Size of a network's input images, and number of its classes. */
export interface NetworkShape {
  height: number;
  width: number;
  classes: number;
}

/** Number of parameters of a network, with the statistics of batch norm. */
export function parameterCount(architecture: Architecture, { height, width, classes }: NetworkShape): number {
  switch (architecture.kind) {
    case 'mlp':
      return dense([height * width, ...architecture.hidden, classes]);
    case 'cnn': {
      const { channels, hidden } = architecture;
      const convolutions = [1, ...channels].slice(0, -1).reduce((sum, inputs, layer) => {
        const outputs = at(channels, layer);
        // Nine weights a pair of channels; bias, and batch norm's scale, shift, mean and variance.
        return sum + 9 * inputs * outputs + 5 * outputs;
      }, 0);
      const pooled = Math.floor(height / 4) * Math.floor(width / 4) * (channels.at(-1) ?? 0);
      return convolutions + dense([pooled, ...hidden, classes]);
    }
    case 'vit': {
      const { patch, width: wide, blocks, heads, headWidth, mlp } = architecture;
      const patches = (height / patch) * (width / patch);
      const inner = heads * headWidth;
      const attention = dense([wide, 3 * inner]) + dense([inner, wide]);
      const block = 4 * wide + attention + dense([wide, mlp, wide]);
      return (
        Math.round(dense([patch * patch, wide]) + wide + (patches + 1) * wide + blocks * block) +
        2 * wide +
        dense([wide, classes])
      );
    }
  }
}

/** Weights and biases of fully connected layers of these widths. */
function dense(widths: readonly number[]): number {
  return widths.slice(1).reduce((sum, outputs, layer) => sum + (at(widths, layer) + 1) * outputs, 0);
}
