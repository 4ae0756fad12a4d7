import { describe, expect, it } from 'vitest';
import { architectureSchema } from '../../../main/contract/recipes/recipes.ts';
import {
  architectureMisfit,
  architectureTitle,
  architectureText,
  parameterCount,
  productCount,
} from '../../../main/domain/networks/architectures.ts';

const digits = { width: 28, height: 28, channels: 1, classes: 10 } as const;
const photos = { width: 32, height: 32, channels: 3, classes: 10 } as const;
const wide = { width: 30, height: 24, channels: 1, classes: 5 } as const;
const products = (architecture: object, shape: typeof digits | typeof photos | typeof wide = digits) =>
  productCount(architectureSchema.parse(architecture), shape);
const parameters = (architecture: object, shape: typeof digits | typeof photos | typeof wide = digits) =>
  parameterCount(architectureSchema.parse(architecture), shape);

/** Multiplications and parameters of dense layers, and of a convolution with 3 x 3 weights on so many places. */
const dense = (...sizes: number[]) => sizes.slice(1).reduce((sum, size, k) => sum + size * (sizes[k] ?? 0), 0);
const biases = (...sizes: number[]) => sizes.slice(1).reduce((sum, size) => sum + size, 0);
const conv = (inputs: number, outputs: number, places: number) => 9 * inputs * outputs * places;

describe('multiplications and parameters, layer by layer', () => {
  it('of an MLP', () => {
    const sizes = [784, 30, 20, 10];
    expect(products({ kind: 'mlp', hidden: [30, 20] })).toBe(dense(...sizes));
    expect(parameters({ kind: 'mlp', hidden: [30, 20] })).toBe(dense(...sizes) + biases(...sizes));
    // Batch norm: scale, shift, mean and variance of each hidden unit.
    const normed = parameters({ kind: 'mlp', hidden: [30, 20], batchNorm: true });
    expect(normed).toBe(dense(...sizes) + biases(...sizes) + 4 * 50);
  });

  it('of a CNN that halves the image after each convolution', () => {
    const cnn = { kind: 'cnn', channels: [8, 16, 32], hidden: [50], dropout: 0, perStage: 1 };
    const layers = conv(1, 8, 784) + conv(8, 16, 196) + conv(16, 32, 49);
    expect(products(cnn)).toBe(layers + dense(32 * 9, 50, 10));
    expect(parameters(cnn)).toBe(
      [conv(1, 8, 1), conv(8, 16, 1), conv(16, 32, 1)].reduce((a, b) => a + b) +
        5 * (8 + 16 + 32) +
        dense(32 * 9, 50, 10) +
        biases(32 * 9, 50, 10),
    );
  });

  it('of LeNet-5: 61,706 parameters and 416,520 multiplications (LeCun et al. 1998, with images padded to 32 pixels)', () => {
    expect([parameters({ kind: 'lenet' }), products({ kind: 'lenet' })]).toEqual([61_706, 416_520]);
    // In color, each of the six maps has 25 weights for each of three channels.
    const color = 25 * (6 * 3 + 6 * 16) + 6 + 16 + dense(16 * 36, 120, 84, 10) + 214;
    expect(parameters({ kind: 'lenet' }, photos)).toBe(color);
    // Rows and columns count on their own: 24 x 30 pixels, then 8 x 11 places, then 4 x 5.
    expect(products({ kind: 'lenet' }, wide)).toBe(
      25 * (24 * 30 * 6 + 8 * 11 * 6 * 16) + dense(16 * 4 * 5, 120, 84, 5),
    );
  });

  it('of a ResNet of depth 20: 40.55 million multiplications on images of CIFAR-10 (He et al. 2016)', () => {
    const resnet = { kind: 'resnet', blocks: 3, width: 16 };
    expect(products(resnet, photos)).toBe(40_550_400);
    // 30 x 24, 15 x 12 and 8 x 6 places: halves are rounded up.
    const narrow = conv(1, 2, 720) + 2 * conv(2, 2, 720) + conv(2, 4, 180) + conv(4, 4, 180) + conv(4, 8, 48);
    expect(products({ kind: 'resnet', blocks: 1, width: 2 }, wide)).toBe(narrow + conv(8, 8, 48));
    // 269,722 are trained; batch norm also keeps a mean and a variance a channel.
    const channels = 16 + 6 * (16 + 32 + 64);
    expect(parameters(resnet, photos)).toBe(269_722 + 2 * channels);
  });

  it('of a Vision Transformer: a class token beside the patches', () => {
    const vit = { kind: 'vit', patch: 7, width: 32, blocks: 2, heads: 4, headWidth: 8, mlp: 48 };
    const tokens = 17;
    const block = tokens * (dense(32, 96) + dense(32, 32) + dense(32, 48, 32)) + 2 * tokens * tokens * 32;
    expect(products(vit)).toBe(2 * block + tokens * 49 * 32);
  });

  it('of an MLP-Mixer, also on images that are not square', () => {
    const mixer = { kind: 'mixer', patch: 6, width: 16, blocks: 2, tokenMlp: 12, mlp: 40 };
    const patches = 4 * 5;
    const block = 16 * dense(patches, 12, patches) + patches * dense(16, 40, 16);
    expect(products(mixer, wide)).toBe(2 * block + patches * 36 * 16);
    const weights =
      dense(36, 16) + 16 + 2 * (4 * 16 + dense(patches, 12, patches) + 12 + patches + dense(16, 40, 16) + 56);
    expect(parameters(mixer, wide)).toBe(weights + 2 * 16 + dense(16, 5) + 5);
  });
});

describe('images that an architecture cannot take', () => {
  const misfit = (architecture: object, width: number, height: number) =>
    architectureMisfit(architectureSchema.parse(architecture), { width, height }, 128);

  it('are too small for LeNet-5 below 12 pixels on either side', () => {
    expect(misfit({ kind: 'lenet' }, 12, 12)).toBeNull();
    expect(misfit({ kind: 'lenet' }, 11, 40)?.what).toContain('11 x 40 pixels');
    expect(misfit({ kind: 'lenet' }, 40, 11)?.what).toContain('40 x 11 pixels');
  });

  it('are halved to nothing by a CNN', () => {
    const cnn = { kind: 'cnn', channels: [1, 1, 1], hidden: [], dropout: 0, perStage: 1 };
    expect(misfit(cnn, 8, 8)).toBeNull();
    expect(misfit(cnn, 7, 8)?.what).toContain('7 x 8 pixels');
  });

  it('leave pixels over beside whole patches', () => {
    const mixer = { kind: 'mixer', patch: 6, width: 16, blocks: 2, tokenMlp: 12, mlp: 40 };
    expect(misfit(mixer, 30, 24)).toBeNull();
    expect(misfit(mixer, 30, 25)).not.toBeNull();
    expect(misfit(mixer, 25, 30)).not.toBeNull();
  });
});

it('architectures are named by what decides them', () => {
  const names = (architecture: object) => {
    const parsed = architectureSchema.parse(architecture);
    return `${architectureTitle(parsed)} | ${architectureText(parsed)}`;
  };
  expect(
    [
      { kind: 'mlp', hidden: [30, 20] },
      { kind: 'mlp', hidden: [30], batchNorm: true, dropout: 0.2 },
      { kind: 'cnn', channels: [8, 16], hidden: [50], dropout: 0.1 },
      { kind: 'cnn', channels: [8], hidden: [], dropout: 0, batchNorm: false, downsampling: 'stride', perStage: 1 },
      { kind: 'vit', patch: 7, width: 32, blocks: 2, heads: 4, headWidth: 8, mlp: 48 },
      { kind: 'resnet', blocks: 1, width: 16 },
      { kind: 'resnet', blocks: 3, width: 16 },
      { kind: 'lenet' },
      { kind: 'mixer', patch: 7, width: 16, blocks: 2, tokenMlp: 12, mlp: 40 },
    ].map(names),
  ).toMatchInlineSnapshot(`
    [
      "30-20 | MLP, hidden 30–20",
      "30, batch norm, dropout 0.2 | MLP, hidden 30, batch norm, dropout 0.2",
      "8-16 + 50 | CNN, channels 8–16, dense 50, dropout 0.1",
      "8, no batch norm, strides, 1 a stage | CNN, channels 8, no hidden dense layer, dropout 0, no batch norm, strides instead of pooling, 1 convolution a stage",
      "2 blocks, 4 heads, width 32, patch 7 | ViT, patch 7, width 32, 2 blocks, 4 heads of 8, MLP 48",
      "depth 8, width 16 | ResNet, depth 8 (1 block a stage), widths 16–32–64",
      "depth 20, width 16 | ResNet, depth 20 (3 blocks a stage), widths 16–32–64",
      "6-16 + 120-84 | LeNet-5, maps 6–16, dense 120–84, tanh, average pooling",
      "2 blocks, width 16, patch 7 | MLP-Mixer, patch 7, width 16, 2 blocks, MLP 12 across patches and 40 across channels",
    ]
  `);
});
