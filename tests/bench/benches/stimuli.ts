import { architectureSchema, generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { BenchContext, Section } from '../bench-types.ts';
import { type Comparison, comparisonTable } from '../comparison.ts';
import { interleave } from '../sides/interleave.ts';
import type { SideTask } from '../sides/protocol.ts';
import { withSides } from '../sides/sides.ts';
import { sideNotes, sidesFor } from './training.ts';

/** Three models of each kind, as in the quick study, and the paper's generator. */
const task: SideTask = {
  task: 'stimuli',
  generator: generatorRecipeSchema.parse({ kind: 'dcgan64', features: 64, steps: 1 }),
  models: (['mlp', 'cnn', 'vit'] as const).flatMap((kind) =>
    Array.from({ length: 3 }, () => architectureSchema.parse({ kind })),
  ),
  seed: 1,
};

/** Blocks that the large set is split into. */
const blocks = 5;

/** A study's stimuli from latent points to predictions: the paper's 165, and 20,000. */
export async function benchStimuli(context: BenchContext): Promise<Section[]> {
  const { options, log } = context;
  log('Stimuli: starting ...');
  return withSides(sidesFor(context, task), async (sides) => {
    const measure = async (count: number, block: number, rounds: number): Promise<Comparison> => {
      log(`Stimuli: ${count}`);
      const command = { do: 'stimuli', count: block } as const;
      const warmUp = [{ do: 'stimuli', count: 165 } as const];
      const round = () => ({ command, units: block / count });
      const samples = await interleave(sides, { warmUp, round, rounds });
      const what = `${count.toLocaleString('en')} stimuli, 9 models`;
      return { what, needed: {}, samples, notes: sideNotes(sides) };
    };
    const data = [await measure(165, 165, Math.min(5, options.rounds))];
    if (!options.quick) data.push(await measure(20_000, 20_000 / blocks, blocks));
    return [{ name: 'stimuli', table: comparisonTable(data), data }];
  });
}
