import { classifierRecipeSchema, generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { BenchContext, Section } from '../bench-types.ts';
import { type Comparison, comparisonTable } from '../comparison.ts';
import { blockLength, interleave, type Samples } from '../sides/interleave.ts';
import type { ModelName } from '../options.ts';
import type { SideTask } from '../sides/protocol.ts';
import { peerProgram } from '../peer/peer.ts';
import { environment, ownProgram, withSides } from '../sides/sides.ts';
import type { Side, SideProgram } from '../sides/side.ts';

export const titles: Readonly<Record<ModelName, string>> = { mlp: 'MLP', cnn: 'CNN', vit: 'ViT', dcgan64: 'DCGAN 64' };
const testCount = 10_000;

/** Without the generator. */
export const withoutGenerator = (models: readonly ModelName[]): ModelName[] =>
  models.filter((model) => model !== 'dcgan64');

/** Required speeds relative to PyTorch. */
const neededForSteps: Record<ModelName, Readonly<Record<string, number>>> = {
  mlp: { tensorflow: 1.7, wasm: 0.6 },
  cnn: { tensorflow: 1.4, wasm: 0.75 },
  vit: { tensorflow: 1.4, wasm: 0.6 },
  dcgan64: { tensorflow: 1.2, wasm: 0.6 },
};
const neededForEvaluation = { tensorflow: 1.0, wasm: 0.6 };

/** A network by the recipe's defaults: batch 128; the DCGAN with 64 features and a batch of 32. */
export function trainingTask(model: ModelName, seed = 1): SideTask {
  if (model === 'dcgan64') {
    const recipe = generatorRecipeSchema.parse({ kind: model, features: 64, batch: 32, steps: 1_000_000 });
    return { task: 'generator', recipe, seed };
  }
  const recipe = classifierRecipeSchema.parse({ architecture: { kind: model }, targets: [97.5] });
  return { task: 'classifier', recipe, seed };
}

/** Our engines, PyTorch as its users write it, and PyTorch tuned by hand. */
export function sidesFor({ options, python }: BenchContext, task: SideTask): SideProgram[] {
  const { engines, tuned, isa } = options;
  return [
    ...engines.map((engine) => ownProgram(engine, task, isa)),
    ...(python ? [peerProgram(python, task, { tuned: false, choose: true, environment: environment(isa) })] : []),
    ...(python && tuned
      ? [peerProgram(python, task, { tuned: true, choose: true, environment: environment(isa) })]
      : []),
  ];
}

/** Versions and choices that each side reports. */
export const sideNotes = (sides: readonly Side[]): Comparison['notes'] =>
  Object.fromEntries(sides.map(({ name, ready }) => [name, { ...ready.versions, ...ready.notes }]));

/** Training steps, and evaluation of the test images, of each model: one start of the sides serves both. */
export async function benchTraining(context: BenchContext): Promise<Section[]> {
  const { options, log } = context;
  const [steps, evaluations]: [Comparison[], Comparison[]] = [[], []];
  for (const model of options.models) {
    log(`${titles[model]}: starting ...`);
    await withSides(sidesFor(context, trainingTask(model)), async (sides) => {
      const notes = sideNotes(sides);
      if (options.names.includes('steps')) {
        log(`${titles[model]}: training steps`);
        const samples = await measureSteps(context, sides);
        steps.push({ what: `${titles[model]} step`, needed: neededForSteps[model], samples, notes });
      }
      if (options.names.includes('evaluation') && model !== 'dcgan64') {
        log(`${titles[model]}: evaluation`);
        const samples = await measureEvaluation(context, sides);
        const what = `${titles[model]}, 10,000 images`;
        evaluations.push({ what, needed: neededForEvaluation, samples, notes });
      }
    });
  }
  return [section('steps', steps), section('evaluation', evaluations)].filter(({ data }) => data.length > 0);
}

const section = (name: string, comparisons: Comparison[]): Section & { data: Comparison[] } => ({
  name,
  table: comparisonTable(comparisons),
  data: comparisons,
});

/** Time of a training step on each side. */
export async function measureSteps({ options }: BenchContext, sides: Side[]): Promise<Samples[]> {
  const probe = { command: { do: 'train', count: 3 } as const, units: 3 };
  const count = await blockLength(sides, probe, options.seconds, 400);
  const command = { do: 'train', count } as const;
  return interleave(sides, { warmUp: [command], round: () => ({ command, units: count }), rounds: options.rounds });
}

/** Each block continues where the previous one ended in the test images; times are scaled to all images. */
async function measureEvaluation({ options }: BenchContext, sides: Side[]): Promise<Samples[]> {
  const probe = { command: { do: 'evaluate', from: 0, count: 200 } as const, units: 1 };
  const wanted = 200 * (await blockLength(sides, probe, options.seconds, testCount / 200));
  // A multiple of 1,000, which the peer takes at a time, that divides 10,000.
  const count = [10_000, 5000, 2000, 1000].find((length) => length <= wanted) ?? 1000;
  const round = (index: number) => ({
    command: { do: 'evaluate', from: (index * count) % testCount, count } as const,
    units: count / testCount,
  });
  // Later chunks of an evaluation have another length, which is compiled separately.
  const warmUp = [round(0).command, round(1).command];
  return interleave(sides, { warmUp, round, rounds: options.rounds });
}
