import { messageOf } from '../../../main/contract/wire/errors.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import { selfCheck } from '../../../main/training/self-check/self-check.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { findAdapter, isSoftware } from '../../../main/training/engines/webgpu/device.ts';
import { conformanceChecks, opChecks } from '../../training/conformance/checks.ts';
import { trainingMemory } from '../../training/conformance/memory.ts';
import { pytorchChecks } from '../../training/conformance/pytorch.ts';
import type { SmallName } from '../../training/conformance/small-models.ts';
import { type ModelName, modelNames } from '../options.ts';
import { median, pairedRatio } from '../paired-ratio.ts';
import type { Measured, MeasuredSeeds, PartState, Proof, ProvenEngine } from './proof.ts';
import { blockLength, interleave, type Samples } from '../sides/interleave.ts';
import { createWork } from '../sides/own-work.ts';
import type { Measurable } from '../sides/protocol.ts';
import type { SideProgram } from '../sides/side.ts';
import { withSides } from '../sides/sides.ts';
import type { Work } from '../sides/work.ts';

/** How much a proof measures. */
export interface ProofPlan {
  /** Small models whose trainings are repeated and watched for tensors that stay; groups of checks, null: all. */
  repeated: readonly SmallName[];
  groups: readonly string[] | null;
  memorySteps: number;
  /** Networks in their default size that are timed. */
  timed: readonly ModelName[];
  /** Blocks of each side, and seconds of a block of the slowest one. */
  rounds: number;
  seconds: number;
  /** Test images of a block of an evaluation. */
  images: number;
  /** Milliseconds: works with slower steps are left out. */
  slowest: number;
  seeds: readonly { model: 'mlp' | 'cnn'; counts: readonly number[] }[];
}

export const fullPlan: ProofPlan = {
  repeated: ['mlp', 'cnn', 'vit', 'dcgan28', 'dcgan64', 'dcgan32'],
  groups: null,
  memorySteps: 500,
  timed: modelNames,
  rounds: 10,
  seconds: 1,
  images: 1000,
  slowest: 20_000,
  seeds: [
    { model: 'mlp', counts: [5, 20, 100] },
    { model: 'cnn', counts: [5, 20] },
  ],
};

export const quickPlan: ProofPlan = {
  ...fullPlan,
  repeated: ['mlp', 'cnn'],
  memorySteps: 100,
  timed: ['mlp', 'cnn', 'vit'],
  rounds: 5,
  seconds: 0.3,
  images: 500,
  slowest: 5000,
  seeds: [{ model: 'mlp', counts: [5, 20] }],
};

type Say = (line: string) => void;
const failed = (error: unknown) => ({ state: 'failed' as PartState, message: messageOf(error).slice(0, 1000) });
const passed = { state: 'passed' as PartState, message: null };

/** @param card the name of the machine's NVIDIA card, which TensorFlow does not tell */
export async function describeEngine({ description }: Engine, card: string | undefined): Promise<ProvenEngine> {
  const { name, versions, device } = description;
  if (name !== 'webgpu') {
    const onCard = name === 'tensorflow' && device === 'gpu';
    return {
      name,
      hardware: onCard ? 'gpu' : 'processor',
      device: onCard ? (card ?? device) : device,
      adapter: null,
      versions,
    };
  }
  const found = await findAdapter(process.env);
  if ('absent' in found) throw new Error(found.absent);
  const { info } = found.adapter;
  const adapter = {
    vendor: info.vendor,
    architecture: info.architecture,
    device: info.device,
    description: info.description,
  };
  return { name, device, versions, hardware: isSoftware(info) ? 'software' : 'gpu', adapter };
}

export async function checkItself(engine: Engine): Promise<Proof['selfCheck']> {
  const wrong = await selfCheck(engine);
  return wrong === null ? passed : failed(wrong);
}

export async function checkConformance(engine: Engine, plan: ProofPlan, say: Say): Promise<Proof['conformance']> {
  const checks: Proof['conformance']['checks'] = [];
  const all = [
    ...opChecks(engine),
    ...conformanceChecks({ steps: 0, repeated: [...plan.repeated] }),
    ...pytorchChecks(),
  ];
  for (const { group, name, run } of all) {
    if (plan.groups !== null && !plan.groups.includes(group)) continue;
    const start = performance.now();
    const failure = await run(engine).then(
      () => null,
      (error: unknown) => messageOf(error).slice(0, 1000),
    );
    if (failure !== null) say(`FAILED: ${group}: ${name}: ${failure}`);
    checks.push({ group, name, failure, seconds: (performance.now() - start) / 1000 });
  }
  const wrong = checks.filter(({ failure }) => failure !== null).length;
  return { ...(wrong === 0 ? passed : failed(`${wrong} of ${checks.length} checks failed.`)), checks };
}

export async function measureMemory(engine: Engine, { repeated, memorySteps }: ProofPlan): Promise<Proof['memory']> {
  const models: Proof['memory']['models'] = [];
  for (const model of repeated) {
    const [before, after] = await trainingMemory(engine, model, memorySteps);
    const pair = (of: 'tensors' | 'bytes' | 'resident'): [number, number] => [before[of], after[of]];
    models.push({ model, tensors: pair('tensors'), bytes: pair('bytes'), resident: pair('resident') });
  }
  const growing = models.filter(({ tensors, bytes }) => tensors[0] !== tensors[1] || bytes[0] !== bytes[1]);
  const names = growing.map(({ model }) => model).join(', ');
  return {
    ...(growing.length === 0 ? passed : failed(`Tensors stay after steps of ${names}.`)),
    steps: memorySteps,
    models,
  };
}

const oneStep = { do: 'train', count: 1 } as const;
const rounded = (ms: number): number => Number(ms.toPrecision(5));
const ratio = (slow: readonly number[], fast: readonly number[], ...names: string[]) => {
  const { ratio: value, low, high } = pairedRatio(slow, fast, randomStream(1, 'bootstrap', ...names));
  return { ratio: rounded(value), low: rounded(low), high: rounded(high) };
};

/** Steps and evaluation of each network on all sides in turn. @param programsOf the proven engine's first */
export async function measureSpeed(
  plan: ProofPlan,
  programsOf: (model: ModelName) => SideProgram[],
  say: Say,
): Promise<Proof['speed']> {
  const works: Measured[] = [];
  for (const model of plan.timed) {
    say(`${model}: training steps and evaluation`);
    const programs = programsOf(model);
    try {
      works.push(...(await withSides(programs, (sides) => timesOf(plan, model, sides))));
    } catch (error) {
      // Whatever failed beside it: its own times are worth having.
      const [own] = await withSides(programs.slice(0, 1), (sides) => timesOf(plan, model, sides)).catch(() => []);
      works.push({ ...(own ?? { model, work: 'step', sides: [] }), ...failed(error) });
    }
  }
  const wrong = works.filter(({ state }) => state === 'failed').length;
  return { ...(wrong === 0 ? passed : failed(`${wrong} of ${works.length} failed, and say why.`)), works };
}

async function timesOf(plan: ProofPlan, model: ModelName, sides: readonly Measurable[]): Promise<Measured[]> {
  const measured = (work: Measured['work'], samples: readonly Samples[]): Measured => ({
    ...passed,
    model,
    work,
    sides: samples.map(({ side, wall }, index) => ({
      side,
      blocks: wall.map(rounded),
      slower: index === 0 ? null : ratio(wall, samples[0]!.wall, model, work, side),
    })),
  });
  await sides[0]!.do(oneStep);
  const { wall } = await sides[0]!.do(oneStep);
  if (wall > plan.slowest)
    return [{ ...measured('step', []), state: 'left out', message: `a step takes ${(wall / 1000).toFixed(1)} s` }];
  const count = await blockLength(sides, { command: oneStep, units: 1 }, plan.seconds, 400, 'wall');
  const command = { do: 'train', count } as const;
  const steps = await interleave(sides, {
    warmUp: [command],
    round: () => ({ command, units: count }),
    rounds: plan.rounds,
  });
  if (model === 'dcgan64') return [measured('step', steps)];
  const part = (index: number) => ({
    command: { do: 'evaluate', from: (index * plan.images) % 10_000, count: plan.images } as const,
    units: plan.images / 10_000,
  });
  const evaluations = await interleave(sides, { warmUp: [part(0).command], round: part, rounds: plan.rounds });
  return [measured('step', steps), measured('evaluation', evaluations)];
}

/** Networks of several seeds in one step, against as many steps of one by itself, in turn in this process. */
export async function measureSeeds(engine: Engine, plan: ProofPlan, say: Say): Promise<Proof['seeds']> {
  const data = loadDataSet({ source: 'mnist' }, '.');
  const works: MeasuredSeeds[] = [];
  for (const { model, counts } of plan.seeds) {
    const recipe = classifierRecipeSchema.parse({ architecture: { kind: model }, targets: [97.5] });
    for (const seeds of counts) {
      say(`${model}: ${seeds} seeds in one step`);
      const opened: Work[] = [];
      const side = async (name: string, task: { seeds?: number }, times: number): Promise<Measurable> => {
        const work = await createWork(engine, { task: 'classifier', recipe, seed: 1, ...task }, data);
        opened.push(work);
        return timedSide(name, work, times);
      };
      try {
        const sides = [await side('together', { seeds }, 1), await side('alone', {}, seeds)];
        const count = await blockLength(sides, { command: oneStep, units: 1 }, plan.seconds, 400, 'wall');
        const command = { do: 'train', count } as const;
        const work = { warmUp: [command], round: () => ({ command, units: count }), rounds: plan.rounds };
        const [all, each] = await interleave(sides, work);
        const alone = each!.wall.map((ms) => rounded(ms / seeds));
        const cost = ratio(all!.wall, alone, model, String(seeds));
        works.push({ ...passed, model, seeds, alone, together: all!.wall.map(rounded), cost });
        say(`${median(all!.wall).toFixed(1)} ms together, ${median(alone).toFixed(1)} ms one`);
      } catch (error) {
        works.push({ ...failed(error), model, seeds, alone: [], together: [], cost: null });
        break;
      } finally {
        for (const work of opened) work.dispose();
      }
    }
  }
  // Some number of seeds is too large for any memory.
  const missing = plan.seeds.filter(({ model }) => !works.some((of) => of.model === model && of.state === 'passed'));
  return { ...(missing.length === 0 ? passed : failed(`None of ${missing.map(({ model }) => model).join()}.`)), works };
}

const timedSide = (name: string, work: Work, times: number): Measurable => ({
  name,
  do: async (command) => {
    const start = performance.now();
    const value = await work.perform(command.do === 'train' ? { ...command, count: command.count * times } : command);
    if (!Number.isFinite(value)) throw new Error(`the loss is ${value}`);
    const wall = performance.now() - start;
    return { wall, cpu: wall, value, memory: 0 };
  },
});
