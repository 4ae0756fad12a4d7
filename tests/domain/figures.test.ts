import { expect, test } from 'vitest';
import { architectureStyle } from '../../main/domain/results/figures.ts';

test.each([
  ['MLP', 'mlp', 'circle'],
  ['CNN', 'cnn', 'square'],
  ['ViT', 'vit', 'triangle'],
  ['ResNet', 'resnet', 'wedge'],
  ['LeNet-5', 'lenet', 'plus'],
  ['MLP-Mixer', 'mixer', 'hexagon'],
])('%s has its own hue and mark, by its name and by its kind', (name, kind, mark) => {
  expect(architectureStyle(name)).toEqual({ hue: kind, mark });
  expect(architectureStyle(kind)).toEqual({ hue: kind, mark });
});

test('other models are gray diamonds', () => {
  expect(architectureStyle('outside')).toEqual({ hue: 'soft', mark: 'diamond' });
});
