import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { GeneratorQuality } from '../../../contract/generator.ts';
import { chosenEngine, wholeNumber, withReadOnlyWorkbench } from '../context.ts';
import { exitCodes, type Outcome, printable, table } from '../output.ts';

interface ExportOptions {
  to: string;
  step?: string;
  engine?: string;
}

interface CheckOptions {
  step?: string;
  by?: string;
  samples: string;
  seed: string;
  engine?: string;
  grids?: string;
  json?: boolean;
}

const engineOption = ['--engine <name>', 'auto, tensorflow, webgpu or wasm'] as const;

/** `generator`: how good the network that makes the images is, and its weights as files. */
export function addGenerator(program: Command, outcome: Outcome): void {
  const generator = program.command('generator').description('the network that makes the images');
  generator
    .command('grids <study>')
    .description('write the sample grids of a generator’s training as PNGs, to choose a checkpoint by')
    .requiredOption('--out <folder>', 'where to write them')
    .action(writeGrids);
  generator
    .command('check')
    .argument('<name>', 'a study, or a generator that comes with the product (mnist-dcgan64)')
    .description('have a study’s reference classifier judge samples of a generator')
    .option('--step <number>', 'a step with a sample grid (default: the last)')
    .option('--by <study>', 'whose reference classifier judges (default: the same study’s)')
    .option('--samples <number>', 'how many samples', '2000')
    .option('--seed <number>', 'of their z', '1')
    .option('--grids <folder>', 'write two pictures there: the first 100 samples, and the clearest ten of each class')
    .option(...engineOption)
    .option('--json', 'as JSON')
    .action((name: string, options: CheckOptions, command: Command) => check(name, options, command, outcome));
  generator
    .command('export <study>')
    .description('write a generator’s weights as float16, and where they come from')
    .requiredOption('--to <folder>', 'where to write NAME.weights and NAME.json')
    .option('--step <number>', 'a step with a sample grid (default: the last)')
    .option(...engineOption)
    .action(writeExport);
}

async function writeGrids(study: string, options: { out: string }, command: Command): Promise<void> {
  const { writeGrids: write } = await import('../../../services/stimuli/files.ts');
  const folder = resolve(options.out);
  const count = await withReadOnlyWorkbench(command, (bench) => write(bench, study, folder));
  process.stdout.write(`${count} grids in ${folder}\n`);
}

async function writeExport(study: string, options: ExportOptions, command: Command): Promise<void> {
  const { exportGenerator } = await import('../../../services/generators/export.ts');
  const request = {
    study,
    step: stepOf(options.step),
    folder: resolve(options.to),
    engine: chosenEngine(options.engine),
  };
  const paths = await withReadOnlyWorkbench(command, (bench) => exportGenerator(bench, request));
  process.stdout.write(`${paths.join('\n')}\n`);
}

async function check(name: string, options: CheckOptions, command: Command, outcome: Outcome): Promise<void> {
  const { checkGenerator } = await import('../../../services/generators/check.ts');
  const request = {
    name,
    step: stepOf(options.step),
    by: options.by ?? null,
    samples: wholeNumber(options.samples, '--samples', 100, 1_000_000),
    seed: wholeNumber(options.seed, '--seed', 0, 0xffff_ffff),
    engine: chosenEngine(options.engine),
  };
  const { quality, samples } = await withReadOnlyWorkbench(command, (bench) => checkGenerator(bench, request));
  process.stdout.write(options.json ? `${JSON.stringify(quality, null, 1)}\n` : describeQuality(name, quality));
  if (quality.classes.some((each) => each.samples === 0)) outcome.exitCode = exitCodes.failed;
  if (options.grids === undefined) return;
  const { writeSampleGrids } = await import('../../../services/generators/sample-grids.ts');
  for (const path of writeSampleGrids(samples, resolve(options.grids))) process.stderr.write(`${path}\n`);
}

const stepOf = (text: string | undefined): number | null =>
  text === undefined ? null : wholeNumber(text, '--step', 1, Number.MAX_SAFE_INTEGER);

/** The figures as a text for people; docs/generator.md shows those of the shipped generator. */
export function describeQuality(name: string, quality: GeneratorQuality): string {
  const { samples, seed, judge, threshold, classes, variety } = quality;
  const share = (count: number, of: number): string => `${((100 * count) / of).toFixed(1)} %`;
  const accuracy = share(judge.testCount - judge.errors, judge.testCount);
  const rows = classes.map((each) => [each.name, each.samples, each.clear]);
  const missing = classes.filter((each) => each.samples === 0).map((each) => each.name);
  return [
    `${samples} samples of ${printable(name)}, seed ${seed}, judged by a ${judge.architecture.kind} of ${accuracy} test accuracy`,
    table(['class', 'samples', 'clear'], rows),
    `clear (softmax above ${threshold}): ${share(quality.clear, samples)}; of real test images ${share(quality.realClear, judge.testCount)}`,
    `variety: ${variety.toFixed(2)} of that of real images`,
    missing.length === 0 ? 'every class is there' : `missing: ${printable(missing.join(', '))}`,
    '',
  ].join('\n');
}
