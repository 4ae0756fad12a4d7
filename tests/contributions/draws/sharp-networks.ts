import type { BlobStore } from '../../../main/files/blobs.ts';
import { drawLatents } from '../../../main/domain/anchors/latents.ts';
import { buildClassifier } from '../../../main/training/architectures/classifiers.ts';
import { parameterValues } from '../../../main/training/architectures/parameters.ts';
import { GeneratorRenderer } from '../../../main/training/generator/renderer.ts';
import { ClassifierPredictor } from '../../../main/training/predictions/predictor.ts';
import { encodeClassifierWeights } from '../../../main/training/weights/weights.ts';
import { engine, latent } from '../../services/stimuli/tiny-networks.ts';

const architecture = { kind: 'mlp' as const, hidden: [8] };
const form = { height: 28, width: 28, channels: 1 as const, mean: [0.5], std: [0.31] };

/** Hash of an untrained classifier of three classes that is sure of most samples of a generator, and sees all classes. */
export async function sharpNetwork(blobs: BlobStore, generator: string, seed: number): Promise<string> {
  const pause = async (): Promise<void> => undefined;
  const renderer = new GeneratorRenderer(engine, blobs.get(generator), generator);
  const pixels = await renderer.render(drawLatents(1, 60, { z: latent, classes: 0 }), pause);
  renderer.dispose();
  const classifier = buildClassifier(engine, architecture, { ...form, channels: 1, classes: 3 }, seed);
  const parameters = await parameterValues(engine, classifier);
  classifier.dispose();
  const meta = { architecture, form, classes: ['a', 'b', 'c'] };
  const plain = new ClassifierPredictor(engine, encodeClassifierWeights({ meta, parameters }), 'plain');
  const logits = await plain.logits(pixels, pause);
  plain.dispose();
  const column = (k: number): number[] => [...logits].filter((_, n) => n % 3 === k);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(mean([0, 1, 2].map((k) => mean(column(k).map((value) => (value - mean(column(k))) ** 2)))));
  const last = parameters['dense2.weight']?.values;
  const bias = parameters['dense2.bias']?.values;
  if (!last || !bias) throw new Error('an MLP has two dense layers');
  for (let n = 0; n < last.length; n++) last[n] = ((last[n] ?? 0) * 20) / spread;
  for (let k = 0; k < 3; k++) bias[k] = (((bias[k] ?? 0) - mean(column(k))) * 20) / spread;
  return blobs.put(encodeClassifierWeights({ meta, parameters }));
}
