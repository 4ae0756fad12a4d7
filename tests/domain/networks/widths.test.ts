import { expect, test } from 'vitest';
import { architectureSchema } from '../../../main/contract/recipes/recipes.ts';
import { scaledWidth } from '../../../main/domain/networks/widths.ts';

const scaled = (architecture: object, times: number) => scaledWidth(architectureSchema.parse(architecture), times);

test('another width is another network, or none', () => {
  expect(scaled({ kind: 'mlp', hidden: [64, 5] }, 0.5)).toMatchObject({ hidden: [32, 3] });
  expect(scaled({ kind: 'cnn', channels: [8, 16], hidden: [32] }, 2)).toMatchObject({
    channels: [16, 32],
    hidden: [64],
  });
  // A width of one has no half, and LeNet has one width only.
  expect(scaled({ kind: 'mlp', hidden: [1] }, 0.5)).toBeNull();
  expect(scaled({ kind: 'lenet' }, 2)).toBeNull();
});
