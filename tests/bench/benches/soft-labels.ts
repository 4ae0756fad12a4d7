import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import type { BenchContext, Section } from '../bench-types.ts';
import type { SideTask } from '../sides/protocol.ts';
import { ownProgram, withSides } from '../sides/sides.ts';
import { median, pairedRatio } from '../paired-ratio.ts';
import { markdownTable, threeDigits } from '../table.ts';
import { measureSteps, titles, withoutGenerator } from './training.ts';

/** A soft-label step may take so much more. */
const allowed = 1.03;

/** Of the last training images, as `softOf` in own-work.ts makes them. */
const softLabels = { pixels: '0'.repeat(64), targets: '0'.repeat(64), share: 0.25 };

/** Training steps with soft labels against those without, of each network on each engine. */
export async function benchSoftLabels(context: BenchContext): Promise<Section[]> {
  const { options, log } = context;
  const rows: string[][] = [];
  const data: object[] = [];
  for (const kind of withoutGenerator(options.models)) {
    const task = (more: object): SideTask => ({
      task: 'classifier',
      recipe: classifierRecipeSchema.parse({ architecture: { kind }, targets: [97.5], ...more }),
      seed: 1,
    });
    for (const engine of options.engines) {
      log(`${titles[kind]} on ${engine}: soft labels`);
      const programs = [
        { ...ownProgram(engine, task({}), options.isa), name: 'labels' },
        { ...ownProgram(engine, task({ softLabels }), options.isa), name: 'soft labels' },
      ];
      await withSides(programs, async (sides) => {
        const [hard, soft] = await measureSteps(context, sides);
        if (!hard || !soft) throw new Error('a side gave no times');
        const cost = pairedRatio(soft.cpu, hard.cpu, randomStream(1, 'bootstrap', kind, engine));
        const met = cost.ratio <= allowed ? 'met' : 'MISSED';
        const times = [hard, soft].map(({ cpu }) => `${threeDigits(Math.min(...cpu))} / ${threeDigits(median(cpu))}`);
        const interval = `${cost.low.toFixed(3)}-${cost.high.toFixed(3)}`;
        rows.push([titles[kind], engine, ...times, cost.ratio.toFixed(3), interval, `${allowed} ${met}`]);
        data.push({ kind, engine, hard, soft, cost });
      });
    }
  }
  const header = ['', 'engine', 'labels, CPU ms', 'soft labels, CPU ms', 'ratio', '95 % interval', 'at most'];
  return [{ name: 'soft-labels', table: markdownTable(header, rows), data }];
}
