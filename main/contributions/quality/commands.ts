import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { GeneratorQuality } from '../../contract/runs/index.ts';
import { shippedGeneratorNames } from '../../contract/recipes/index.ts';
import {
  chosenEngine,
  commandOf,
  exitCodes,
  type Outcome,
  printable,
  printJson,
  printLine,
  table,
  wholeNumber,
  withReadOnlyWorkbench,
} from '../../terminal/index.ts';

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

/** The quality of a generator, and its sample grids. */
export default function addQualityCommands(program: Command, outcome: Outcome): void {
  const generator = commandOf(program, 'generator');
  generator
    .command('grids <study>')
    .description('write the sample grids of a generator’s training as PNGs, for choosing a checkpoint')
    .requiredOption('--out <folder>', 'the folder to write to')
    .action(writeGrids);
  generator
    .command('check')
    .argument('<name>', `a study, or a shipped generator (${shippedGeneratorNames.join(', ')})`)
    .description('evaluate samples of a generator with the reference classifier of a study')
    .option('--step <number>', 'a step with a sample grid (default: the last)')
    .option('--by <study>', 'the study with the reference classifier (default: the same study)')
    .option('--samples <number>', 'number of samples', '2000')
    .option('--seed <number>', 'seed of the latent points', '1')
    .option(
      '--grids <folder>',
      'also write two pictures to this folder: the first 100 samples, and the clearest ten of each class',
    )
    .option(...engineOption)
    .option('--json', 'print JSON')
    .action((name: string, options: CheckOptions, command: Command) => check(name, options, command, outcome));
}

async function writeGrids(study: string, options: { out: string }, command: Command): Promise<void> {
  const { writeGrids: write } = await import('./grid-files.ts');
  const folder = resolve(options.out);
  const count = await withReadOnlyWorkbench(command, (workbench) => write(workbench, study, folder));
  printLine(`${count} grids in ${folder}`);
}

async function check(name: string, options: CheckOptions, command: Command, outcome: Outcome): Promise<void> {
  const { checkGenerator } = await import('./check.ts');
  const request = {
    name,
    step: parseStep(options.step),
    by: options.by ?? null,
    samples: wholeNumber(options.samples, '--samples', 100, 1_000_000),
    seed: wholeNumber(options.seed, '--seed', 0, 0xffff_ffff),
    engine: chosenEngine(options.engine),
  };
  const { quality, samples } = await withReadOnlyWorkbench(command, (workbench) => checkGenerator(workbench, request));
  if (options.json) printJson(quality);
  else process.stdout.write(describeQuality(name, quality));
  if (quality.classes.some((each) => each.samples === 0)) outcome.exitCode = exitCodes.failed;
  if (options.grids === undefined) return;
  const { writeSampleGrids } = await import('./check.ts');
  for (const path of writeSampleGrids(samples, resolve(options.grids))) process.stderr.write(`${path}\n`);
}

const parseStep = (text: string | undefined): number | null =>
  text === undefined ? null : wholeNumber(text, '--step', 1, Number.MAX_SAFE_INTEGER);

const describeFrechet = ({ images, samples, heldOut }: NonNullable<GeneratorQuality['frechet']>): string =>
  `Frechet distance on the reference’s features, ${images} images each: ${samples}; of held-out real images ${heldOut}`;

/** The quality as readable text; docs/generator.md shows that of the shipped generator. */
export function describeQuality(name: string, quality: GeneratorQuality): string {
  const { samples, seed, judge, threshold, classes, variety, frechet } = quality;
  const share = (count: number, of: number): string => `${((100 * count) / of).toFixed(1)} %`;
  const accuracy = share(judge.testCount - judge.errors, judge.testCount);
  const isConditional = classes.some((each) => each.asked !== undefined);
  const rows = classes.map(({ name, samples, clear, asked }) => [
    ...[name, samples, clear],
    ...(isConditional ? [asked?.samples ?? 0, asked?.clear ?? 0] : []),
  ]);
  const headings = ['class', 'samples', 'clear', ...(isConditional ? ['asked for', 'clearly given'] : [])];
  const missing = classes.filter((each) => each.samples === 0).map((each) => each.name);
  return [
    `${samples} samples of ${printable(name)}, seed ${seed}, judged by a ${judge.architecture.kind} of ${accuracy} test accuracy`,
    table(headings, rows),
    `clear (softmax above ${threshold}): ${share(quality.clear, samples)}; of real test images ${share(quality.realClear, judge.testCount)}`,
    `variety: ${variety.toFixed(2)} of that of real images`,
    ...(frechet ? [describeFrechet(frechet)] : []),
    missing.length === 0 ? 'every class occurs' : `missing classes: ${printable(missing.join(', '))}`,
    '',
  ].join('\n');
}
