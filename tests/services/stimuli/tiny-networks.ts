import { BlobStore } from '../../../main/files/blobs.ts';
import { buildClassifier } from '../../../main/training/architectures/classifiers.ts';
import { buildGenerator } from '../../../main/training/architectures/dcgan.ts';
import { parameterValues } from '../../../main/training/architectures/parameters.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { encodeClassifierWeights, encodeGeneratorWeights } from '../../../main/training/weights/weights.ts';

export const latent = 16;
/** A process can open it once. */
export const engine = await openEngine('wasm');
const form = { height: 28, width: 28, channels: 1 as const, mean: [0.13], std: [0.31] };

/** An untrained generator and two classifiers of three classes, as weights in a store. */
export async function tinyNetworks(folder: string): Promise<{ blobs: BlobStore; generator: string; models: string[] }> {
  const blobs = new BlobStore(folder);
  const shape = { kind: 'dcgan28', latent, features: 8 } as const;
  const net = buildGenerator(engine, shape, 4);
  const generator = blobs.put(encodeGeneratorWeights({ meta: shape, parameters: await parameterValues(engine, net) }));
  net.dispose();
  const models: string[] = [];
  for (const seed of [1, 2]) {
    const architecture = { kind: 'mlp' as const, hidden: [8] };
    const classifier = buildClassifier(engine, architecture, { ...form, channels: 1, classes: 3 }, seed);
    const parameters = await parameterValues(engine, classifier);
    const meta = { architecture, form, classes: ['a', 'b', 'c'] };
    models.push(blobs.put(encodeClassifierWeights({ meta, parameters })));
    classifier.dispose();
  }
  return { blobs, generator, models };
}
