import { resolve } from 'node:path';
import type { Command } from 'commander';
import { shippedGeneratorNames } from '../../contract/recipes/index.ts';
import {
  chosenEngine,
  commandOf,
  oneOf,
  percent,
  printLine,
  wholeNumber,
  withReadOnlyWorkbench,
} from '../../terminal/index.ts';
import { weightFormats } from './formats.ts';
import { writeWeights } from './write-file.ts';

export default function addWeightsCommands(program: Command): void {
  const [runs, generator] = [commandOf(program, 'runs'), commandOf(program, 'generator')];
  runs
    .command('export <run>')
    .description('write the weights of a trained classifier to a file for other programs')
    .requiredOption('--to <folder>', 'the folder to write to')
    .option('--target <accuracy>', 'the snapshot at this target accuracy in percent (default: the highest)')
    .option('--format <format>', `${weightFormats.join(', ')}; safetensors comes with a PyTorch loader`, 'onnx')
    .action(exportRun);
  generator
    .command('export')
    .argument(
      '<name>',
      `a study, or for ONNX and safetensors a shipped generator (${shippedGeneratorNames.join(', ')})`,
    )
    .description('write a generator’s weights as float16, with their provenance; or as a file for other programs')
    .requiredOption('--to <folder>', 'the folder to write to')
    .option('--step <number>', 'a step with a sample grid (default: the last)')
    .option('--format <format>', `${weightFormats.join(', ')}; safetensors comes with a PyTorch loader`, 'stored')
    .option('--engine <name>', 'auto, tensorflow, webgpu or wasm')
    .action(writeExport);
}

interface RunOptions {
  to: string;
  target?: string;
  format: string;
}

async function exportRun(id: string, { to, target, format }: RunOptions, command: Command): Promise<void> {
  const { exportWeights } = await import('./export-run.ts');
  const request = {
    id: wholeNumber(id, 'run', 1, Number.MAX_SAFE_INTEGER),
    target: percent(target, '--target'),
    format: oneOf(format, weightFormats, '--format'),
  };
  const file = await withReadOnlyWorkbench(command, (workbench) => exportWeights(workbench, request));
  writeWeights(file, to);
}

interface GeneratorOptions {
  to: string;
  format: string;
  step?: string;
  engine?: string;
}

async function writeExport(study: string, options: GeneratorOptions, command: Command): Promise<void> {
  const format = oneOf(options.format, weightFormats, '--format');
  const step = options.step === undefined ? null : wholeNumber(options.step, '--step', 1, Number.MAX_SAFE_INTEGER);
  if (format !== 'stored') {
    const { exportGeneratorNetwork } = await import('./export-generator.ts');
    const request = { name: study, step, format };
    const file = await withReadOnlyWorkbench(command, (workbench) => exportGeneratorNetwork(workbench, request));
    return writeWeights(file, options.to);
  }
  const { exportGenerator } = await import('./export-stored.ts');
  const request = {
    study,
    step,
    folder: resolve(options.to),
    engine: chosenEngine(options.engine),
  };
  const paths = await withReadOnlyWorkbench(command, (workbench) => exportGenerator(workbench, request));
  printLine(paths.join('\n'));
}
