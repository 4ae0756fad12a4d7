import type { StudyInput } from '../../main/contract/studies/study.ts';

/** Twenty short studies of different kind, for how well estimates hold. */
export interface TimedStudy {
  name: string;
  /** Trainings at once. */
  workers: 1 | 2;
  images: 'digits' | 'letters' | 'colors';
  /** Recipes; targets of own images are those that a probe proposes. */
  models: readonly object[];
  /** `trained`: with a generator of its own; `shipped`: a complete study with the one that comes with the product. */
  generator?: 'trained' | 'shipped';
}

const mlp = (hidden: readonly number[], target: number | string, more: object = {}): object => ({
  architecture: { kind: 'mlp', hidden },
  targets: [target],
  ...more,
});
const cnn = (width: number, target: number): object => ({
  architecture: { kind: 'cnn', channels: [width, width, 2 * width, 2 * width], hidden: [8 * width] },
  targets: [target],
});
const vit = (width: number, blocks: number, target: number): object => ({
  architecture: { kind: 'vit', patch: 7, width, blocks, heads: 2, headWidth: width / 2, mlp: 2 * width },
  targets: [target],
});
const mixer = (width: number, target: number): object => ({
  architecture: { kind: 'mixer', patch: 7, width, blocks: 2, tokenMlp: width / 2, mlp: 2 * width },
  targets: [target],
});
const resnet = (width: number, target: number): object => ({
  architecture: { kind: 'resnet', blocks: 1, width },
  targets: [target],
});
const lenet = (target: number): object => ({ architecture: { kind: 'lenet' }, targets: [target] });

/** Of own images: stopped where the probe of a new study proposes. */
const own = (...kinds: string[]): object[] => kinds.map((kind) => ({ kind }));

const digits = (name: string, workers: 1 | 2, ...models: object[]): TimedStudy => ({
  name,
  workers,
  models,
  images: 'digits',
});

export const timedStudies: readonly TimedStudy[] = [
  digits('MLP paper', 1, mlp([500, 500], 97)),
  digits('MLP narrow', 1, mlp([64], 94)),
  digits('MLP wide', 1, mlp([1000, 1000], 96.5)),
  digits('MLP small batches', 1, mlp([128], 95.5, { batch: 32 })),
  digits('MLP on its trend', 1, mlp([128], 95, { landing: 'trend' })),
  digits('MLP two epochs', 1, mlp([500, 500], 'epochs 2')),
  digits('MLP four at two', 2, mlp([128], 95), mlp([256], 96), mlp([128, 128], 96), mlp([500], 97)),
  digits('CNN width 8', 1, cnn(8, 95)),
  digits('CNN width 16', 1, cnn(16, 96.5)),
  digits('CNN two at two', 2, cnn(8, 96), cnn(12, 96)),
  digits('ViT width 16', 1, vit(16, 1, 88)),
  digits('ViT width 32', 1, vit(32, 2, 92)),
  digits('Mixer', 1, mixer(32, 92)),
  digits('ResNet', 1, resnet(4, 93)),
  digits('LeNet-5', 1, lenet(96)),
  digits('four kinds at two', 2, mlp([128], 95), cnn(8, 95), mixer(32, 91), lenet(95)),
  { ...digits('complete shipped generator', 2, mlp([128], 95), cnn(8, 95)), generator: 'shipped' },
  { ...digits('own generator', 1, mlp([128], 95)), generator: 'trained' },
  { name: 'letters', workers: 2, images: 'letters', models: own('mlp', 'cnn', 'vit') },
  { name: 'colors', workers: 1, images: 'colors', models: own('mlp', 'cnn') },
];

/** A declaration of it. @param target of own images, as their probe proposed */
export function declarationOf(
  { name, images, models, generator }: TimedStudy,
  dataSet: StudyInput['dataSet'],
  recipes: (kind: string) => object,
): object {
  const usual = { tolerance: 0.3, maxEpochs: 12 };
  const small = { kind: 'dcgan28', features: 8, steps: 150, sampleEvery: 75 };
  const isMade = generator !== undefined;
  return {
    schema: 'boundary-workbench/study/1',
    name,
    title: name,
    dataSet,
    generator: generator === 'shipped' ? { shipped: 'mnist-dcgan64' } : isMade ? { recipe: small, seed: 1 } : null,
    reference: generator === 'shipped' ? { recipe: { ...usual, ...mlp([128], 95) }, seed: 9 } : null,
    stimuli: isMade
      ? { source: 'generated', samples: 400, seed: 1, alphas: 7, design: { kind: 'listed', pairs: [[0, 1]] } }
      : { source: 'imported', path: 'none' },
    models: models.map((recipe, index) => ({
      name: `M${index + 1}`,
      group: 'diverse',
      recipe: images === 'digits' ? { ...usual, ...recipe } : recipes((recipe as { kind: string }).kind),
      seed: index + 1,
    })),
    labelers: generator === 'shipped' ? { source: 'rehearsal', count: 3, seed: 1 } : { source: 'none' },
  };
}
