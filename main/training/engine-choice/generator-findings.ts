import { generatorRecipeSchema } from '../../contract/recipes.ts';
import type { Engine } from '../engines/engine.ts';
import { GanTrainer, ganSeries } from '../generator/trainer.ts';
import { smallDataSet } from './classifier-findings.ts';
import { type Finding, momentFindings } from './findings.ts';

export const smallGenerator = generatorRecipeSchema.parse({
  kind: 'dcgan28',
  latent: 2,
  features: 4,
  batch: 2,
  steps: 1,
});
export const generatorSeed = 5;

export function smallGanTrainer(engine: Engine): GanTrainer {
  return new GanTrainer(engine, smallGenerator, generatorSeed, smallDataSet());
}

/** One step of a small DCGAN, compiled: losses and beliefs, and the gradients of both networks. */
export async function generatorFindings(engine: Engine): Promise<Finding[]> {
  const trainer = smallGanTrainer(engine);
  try {
    const losses = await trainer.train(1);
    const { optimisers } = await trainer.state();
    const values = ganSeries.map((series) => losses[series]);
    return [
      ...momentFindings('dcgan', optimisers, smallGenerator.beta1),
      { name: 'dcgan, losses and beliefs', values, scale: 1 },
    ];
  } finally {
    trainer.dispose();
  }
}
