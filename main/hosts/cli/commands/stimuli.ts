import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withReadOnlyWorkbench } from '../context.ts';

/** `stimuli`: candidates to look at, and the frozen set. */
export function addStimuli(program: Command): void {
  const stimuli = program.command('stimuli').description('the images between two classes');
  stimuli
    .command('candidates <study>')
    .description('draw every class’s candidates for its anchor, numbered, best first, as a PNG')
    .requiredOption('--out <file.png>', 'where to write the picture')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { drawCandidates } = await import('../../../services/stimuli/files.ts');
      await withReadOnlyWorkbench(command, (bench) => drawCandidates(bench, study, resolve(options.out)));
      process.stdout.write(`${resolve(options.out)}\n`);
    });
  stimuli
    .command('export <study>')
    .description('write the frozen set as PNGs with a manifest, into a new folder or a .zip')
    .requiredOption('--out <path>', 'a new or empty folder, or a path that ends in .zip')
    .option('--models-size', 'as the networks see them instead of as the generator made them')
    .action(async (study: string, options: { out: string; modelsSize?: boolean }, command: Command) => {
      const { exportStimuli } = await import('../../../services/stimuli/files.ts');
      const size = options.modelsSize ? 'model' : 'original';
      await withReadOnlyWorkbench(command, (bench) => exportStimuli(bench, study, size, resolve(options.out)));
      process.stdout.write(`${resolve(options.out)}\n`);
    });
}
