/**
 * Training steps on MNIST of this checkout and of another one, interleaved in one run, so that other work on the machine
 * affects both alike. A step includes gathering its batch, and augmenting it where the recipe says so:
 *
 *   npm run bench -- checkouts --before FOLDER [--engine wasm,tensorflow] [--models mlp,cnn,vit] [--rounds 30]
 *     [--seconds 1] [--json FILE]
 *
 * FOLDER is a checkout of this repository at another commit with its `node_modules`, e.g. by `git worktree add` and a link
 * to those of this one. Its kernels are compiled if they are missing.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type EngineName, engineNames } from '../../main/contract/runs/run.ts';
import { architectureKinds, classifierRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { availableEngines } from '../../main/services/tools/engines.ts';
import { buildKernels, kernelsAreBuilt } from '../../scripts/setup/kernels.mjs';
import { blockLength, interleave, type Samples } from './sides/interleave.ts';
import { load } from './machine.ts';
import { ownProgram, withSides } from './sides/sides.ts';
import type { SideProgram } from './sides/side.ts';
import type { SideTask } from './sides/protocol.ts';
import { median, pairedRatio, type Ratio } from './paired-ratio.ts';
import { markdownTable, threeDigits } from './table.ts';

const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    engine: { type: 'string', default: availableEngines().names.join() },
    models: { type: 'string', default: architectureKinds.join() },
    rounds: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

const entry = join('tests', 'bench', 'sides', 'own-side.ts');
const folder = resolve(values.before ?? '');
if (values.before === undefined || !existsSync(join(folder, entry))) {
  throw new Error('--before FOLDER: a checkout of this repository with its node_modules');
}

if (!kernelsAreBuilt(folder)) await buildKernels(folder);

const chosen = <T extends string>(known: readonly T[], text: string): T[] =>
  known.filter((name) => text.split(',').includes(name));

/** The same program from the other checkout. */
function beforeProgram(engine: EngineName, task: SideTask): SideProgram {
  const own = ownProgram(engine, task, null);
  const args = own.args.map((arg) => (arg.endsWith(entry) ? join(folder, entry) : arg));
  return { ...own, name: 'before', args };
}

interface Pair {
  what: string;
  samples: readonly Samples[];
  /** Speed of this checkout relative to the other. */
  wall: Ratio;
  cpu: Ratio;
  /** Whether both had the same loss, to the last bit, after each block. */
  sameLosses: boolean;
}

async function compare(what: string, engine: EngineName, task: SideTask): Promise<Pair> {
  const programs = [beforeProgram(engine, task), { ...ownProgram(engine, task, null), name: 'after' }];
  const samples = await withSides(programs, async (sides) => {
    const probe = { command: { do: 'train', count: 3 } as const, units: 3 };
    const count = await blockLength(sides, probe, Number(values.seconds), 400);
    const command = { do: 'train', count } as const;
    const rounds = Number(values.rounds);
    return interleave(sides, { warmUp: [command], round: () => ({ command, units: count }), rounds });
  });
  const [before, after] = samples as [Samples, Samples];
  const ratio = (clock: 'wall' | 'cpu'): Ratio =>
    pairedRatio(before[clock], after[clock], randomStream(1, 'bootstrap', what, clock));
  const sameLosses = before.values.every((value, round) => value === after.values[round]);
  return { what, samples, wall: ratio('wall'), cpu: ratio('cpu'), sameLosses };
}

const pairs: Pair[] = [];
const loadBefore = load();
for (const engine of chosen(engineNames, values.engine)) {
  for (const kind of chosen(architectureKinds, values.models)) {
    for (const augmentation of [null, {}]) {
      const recipe = classifierRecipeSchema.parse({ architecture: { kind }, targets: [97.5], augmentation });
      const what = `${engine}: ${kind} step${augmentation ? ', augmented' : ''}`;
      process.stderr.write(`[bench] ${what}\n`);
      pairs.push(await compare(what, engine, { task: 'classifier', recipe, seed: 1 }));
    }
  }
}

const shown = ({ ratio, low, high }: Ratio): string => `${ratio.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;
const header = ['', 'before, ms', 'after, ms', 'speed after / before', 'by CPU time', 'same losses'];
const rows = pairs.map(({ what, samples, wall, cpu, sameLosses }) => [
  what,
  ...samples.map((side) => `${threeDigits(Math.min(...side.wall))} / ${threeDigits(median(side.wall))}`),
  ...[shown(wall), shown(cpu), sameLosses ? 'yes' : 'NO'],
]);
process.stdout.write(`${markdownTable(header, rows)}\n\nLoad ${loadBefore[0]} before, ${load()[0]} after.\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(pairs, null, 1)}\n`);
