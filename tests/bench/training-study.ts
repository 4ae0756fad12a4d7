import { studySchema } from '../../main/contract/studies/study.ts';

/** Two models that train for as long as anybody wants: no step changes anything. */
export const trainingStudy = studySchema.parse({
  schema: 'boundary-workbench/study/1',
  name: 'training',
  title: 'Two models that train on',
  dataSet: { source: 'mnist' },
  generator: null,
  reference: null,
  stimuli: { source: 'imported', path: 'none' },
  models: (['mlp', 'cnn'] as const).map((kind, index) => ({
    name: kind.toUpperCase(),
    group: 'diverse',
    recipe: {
      architecture: { kind },
      optimiser: { stepSize: 1e-9 },
      targets: [99.9],
      tolerance: 0.01,
      maxEpochs: 1000,
    },
    seed: index + 1,
  })),
});
