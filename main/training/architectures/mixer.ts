import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes/recipes.ts';
import { checkArchitecture } from '../../domain/networks/architectures.ts';
import { convolutionLayer, denseLayer, layerNormLayer } from './layers.ts';
import type { Classifier, ClassifierArchitecture, ImageShape, Seeds } from './model.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { ParameterSet } from './parameters.ts';

type MixerSettings = Extract<Architecture, { kind: 'mixer' }>;

/**
 * MLP-Mixer (Tolstikhin et al. 2021): patches through one dense layer, then blocks of a perceptron across patches, the same
 * for each channel, and one across channels, the same for each patch, each with layer norm before and a shortcut; layer
 * norm, the mean over all patches, and a dense layer.
 * @throws UserError `architecture.does-not-fit` if the images cannot be cut into whole patches
 */
function buildMixer(engine: NetworkEngine, architecture: MixerSettings, shape: ImageShape, seeds: Seeds): Classifier {
  const { patch, width, blocks } = architecture;
  checkArchitecture(architecture, shape, 'recipe, architecture.patch');
  const { tf } = engine;
  const set = new ParameterSet(tf, seeds);
  const patches = (shape.height / patch) * (shape.width / patch);
  const form = { kernel: patch, stride: patch, padding: 'valid' } as const;
  const embed = convolutionLayer(engine, set, 'patches', { ...form, inputs: shape.channels, outputs: width });
  const layers = Array.from({ length: blocks }, (_, index) =>
    mixerBlock(engine, set, `block${index + 1}`, architecture, patches),
  );
  const normalize = layerNormLayer(engine, set, 'norm', width);
  const head = denseLayer(engine, set, 'head', width, shape.classes);
  const features = (images: Tensor4D): Tensor2D => {
    const n = images.shape[0];
    const start: Tensor2D = tf.reshape(embed(images), [n * patches, width]);
    const mixed = layers.reduce((x, layer) => tf.tidy(() => layer(x)), start);
    return tf.mean(tf.reshape(normalize(mixed), [n, patches, width]), [1]);
  };
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    features,
    logits: (images) => head(features(images)),
  };
}

/** y = x + perceptron across patches(norm(x)), then y + perceptron across channels(norm(y)); x [n * patches, width]. */
function mixerBlock(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  { width, tokenMlp, mlp }: MixerSettings,
  patches: number,
): (x: Tensor2D) => Tensor2D {
  const { ops, tf } = engine;
  const perceptron = (part: string, size: number, inner: number) => {
    const widen = denseLayer(engine, set, `${name}.${part}1`, size, inner);
    const narrow = denseLayer(engine, set, `${name}.${part}2`, inner, size);
    return (x: Tensor2D): Tensor2D => narrow(ops.gelu(widen(x)));
  };
  const norm1 = layerNormLayer(engine, set, `${name}.norm1`, width);
  const acrossPatches = perceptron('tokens', patches, tokenMlp);
  const norm2 = layerNormLayer(engine, set, `${name}.norm2`, width);
  const acrossChannels = perceptron('mlp', width, mlp);
  /** [all, columns] to [the same of each transposed [rows, columns], rows]. */
  const turned = (x: Tensor2D, rows: number, columns: number): Tensor2D => {
    const n = x.shape[0] / rows;
    const each: Tensor3D = tf.transpose(tf.reshape(x, [n, rows, columns]) as Tensor3D, [0, 2, 1]);
    return tf.reshape(each, [n * columns, rows]);
  };
  return (x) => {
    const across = acrossPatches(turned(norm1(x), patches, width));
    const y: Tensor2D = tf.add(x, turned(across, width, patches));
    return tf.add(y, acrossChannels(norm2(y)));
  };
}

export const mixer: ClassifierArchitecture<MixerSettings> = {
  build: buildMixer,
  pytorch: ({ patch, width, blocks }) => [
    'def dense(x, name): return F.linear(x, w[name + ".weight"], w[name + ".bias"])',
    `def norm(x, name): return F.layer_norm(x, [${width}], w[name + ".gamma"], w[name + ".beta"])`,
    'def mlp(x, name): return dense(F.gelu(dense(x, name + "1")), name + "2")',
    'def logits(x):',
    `    x = F.conv2d(x, w["patches.weight"], w["patches.bias"], stride=${patch}).flatten(2).transpose(1, 2)`,
    `    for k in range(1, ${blocks + 1}):`,
    '        x = x + mlp(norm(x, f"block{k}.norm1").transpose(1, 2), f"block{k}.tokens").transpose(1, 2)',
    '        x = x + mlp(norm(x, f"block{k}.norm2"), f"block{k}.mlp")',
    '    return dense(norm(x, "norm").mean(1), "head")',
  ],
  evaluation: {
    interval: { maxSteps: 50, pace: 1 },
    chunks: { size: 100, laterAfter: 0, laterSize: 100 },
  },
};
