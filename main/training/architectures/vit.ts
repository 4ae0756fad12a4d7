import type { Rank, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes/recipes.ts';
import { checkArchitecture } from '../../domain/networks/architectures.ts';
import { addToEach, convolutionLayer, denseLayer, layerNormLayer, padRows, selfAttentionLayer } from './layers.ts';
import type { Classifier, ClassifierArchitecture, ImageShape, Seeds } from './model.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { normal, ParameterSet } from './parameters.ts';

type VitSettings = Extract<Architecture, { kind: 'vit' }>;

/**
 * Initial class token and position embeddings, as in the PyTorch ViT that was widely used in 2021. The paper does not
 * state them; with N(0, 0.02) the network learns the patches' positions so slowly that 97.5 % takes several times the
 * steps.
 */
const embedding = normal(0, 1);

/**
 * Vision Transformer (Dosovitskiy et al. 2021), pre-norm: patches through one dense layer, a class token, learned
 * positions, blocks of attention and a two-layer perceptron with GELU, layer norm, and a dense layer on the token.
 *
 * The head width is independent of the model's width: all heads together are `heads * headWidth` wide.
 * @throws UserError `architecture.does-not-fit` if the images cannot be cut into whole patches.
 */
function buildVit(engine: NetworkEngine, architecture: VitSettings, shape: ImageShape, seeds: Seeds): Classifier {
  const { patch, width, blocks } = architecture;
  checkArchitecture(architecture, shape, 'recipe, architecture.patch');
  const { tf } = engine;
  const set = new ParameterSet(tf, seeds);
  const patches = (shape.height / patch) * (shape.width / patch);
  const tokens = patches + 1;

  // A convolution that steps by whole patches is a dense layer on each patch.
  const embed = convolutionLayer(engine, set, 'patches', {
    kernel: patch,
    inputs: shape.channels,
    outputs: width,
    stride: patch,
    padding: 'valid',
  });
  const token = set.weight<Rank.R2>('token', [1, width], embedding);
  const positions = set.weight<Rank.R2>('positions', [tokens, width], embedding);
  const layers = Array.from({ length: blocks }, (_, index) =>
    transformerBlock(engine, set, `block${index + 1}`, architecture, tokens),
  );
  const normalize = layerNormLayer(engine, set, 'norm', width);
  const head = denseLayer(engine, set, 'head', width, shape.classes);

  /** Token and patches with their positions, [n, tokens, width]. Padding and adding is cheaper than concatenating. */
  const sequence = (images: Tensor4D): Tensor3D => {
    const embedded: Tensor3D = tf.reshape(embed(images), [images.shape[0], patches, width]);
    const start = tf.add(positions, padRows(engine, token, 0, patches));
    return addToEach(engine, padRows(engine, embedded, 1, 0), start);
  };

  const features = (images: Tensor4D): Tensor2D => {
    const n = images.shape[0];
    const start: Tensor2D = tf.reshape(sequence(images), [n * tokens, width]);
    const classTokens: RowSelection = (x) => {
      const columns = x.shape[1];
      const first = tf.slice(tf.reshape(x, [n, tokens, columns]), [0, 0, 0], [n, 1, columns]);
      return tf.reshape(first, [n, columns]);
    };
    const x = layers.reduce((state, layer, index) => {
      // The head uses the class token alone, so the last block can drop the others.
      const isLast = index === layers.length - 1;
      return tf.tidy(() => layer(state, isLast ? classTokens : allRows));
    }, start);
    return normalize(x);
  };

  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    features,
    logits: (images) => head(features(images)),
  };
}

/** Selects the rows of [n * tokens, columns] that a block keeps. */
type RowSelection = (rows: Tensor2D) => Tensor2D;

const allRows: RowSelection = (rows) => rows;

/** y = x + attention(norm(x)), then y + perceptron(norm(y)); x [n * tokens, width]. Only the selected rows continue. */
function transformerBlock(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  { width, heads, headWidth, mlp }: VitSettings,
  tokens: number,
): (x: Tensor2D, select: RowSelection) => Tensor2D {
  const { ops, tf } = engine;
  const inner = heads * headWidth;
  const norm1 = layerNormLayer(engine, set, `${name}.norm1`, width);
  const attend = selfAttentionLayer(engine, set, `${name}.qkv`, { width, heads, headWidth, tokens });
  const join = denseLayer(engine, set, `${name}.join`, inner, width);
  const norm2 = layerNormLayer(engine, set, `${name}.norm2`, width);
  const widen = denseLayer(engine, set, `${name}.mlp1`, width, mlp);
  const narrow = denseLayer(engine, set, `${name}.mlp2`, mlp, width);
  return (x, select) => {
    const y: Tensor2D = tf.add(select(x), join(select(attend(norm1(x)))));
    return tf.add(y, narrow(ops.gelu(widen(norm2(y)))));
  };
}

export const vit: ClassifierArchitecture<VitSettings> = {
  build: buildVit,
  pytorch: ({ patch, width, blocks, heads, headWidth }) => [
    'def dense(x, name): return F.linear(x, w[name + ".weight"], w[name + ".bias"])',
    `def norm(x, name): return F.layer_norm(x, [${width}], w[name + ".gamma"], w[name + ".beta"])`,
    'def logits(x):',
    `    x = F.conv2d(x, w["patches.weight"], w["patches.bias"], stride=${patch}).flatten(2).transpose(1, 2)`,
    '    x = torch.cat([w["token"].expand(len(x), 1, -1), x], 1) + w["positions"]',
    `    for k in range(1, ${blocks + 1}):`,
    `        qkv = dense(norm(x, f"block{k}.norm1"), f"block{k}.qkv").unflatten(2, (3, ${heads}, ${headWidth}))`,
    '        y = F.scaled_dot_product_attention(*qkv.permute(2, 0, 3, 1, 4)).transpose(1, 2).flatten(2)',
    '        x = x + dense(y, f"block{k}.join")',
    '        x = x + dense(F.gelu(dense(norm(x, f"block{k}.norm2"), f"block{k}.mlp1")), f"block{k}.mlp2")',
    '    return dense(norm(x[:, 0], "norm"), "head")',
  ],
  evaluation: {
    interval: { maxSteps: 50, pace: 1 },
    chunks: { size: 100, laterAfter: 0, laterSize: 100 },
  },
};
