import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withReadOnlyWorkbench } from '../context.ts';
import { printLine } from '../output.ts';

/** `stimuli`: pictures of the candidates, and the frozen set as files. */
export function addStimuli(program: Command): void {
  const stimuli = program.command('stimuli').description('the images between two classes');
  stimuli
    .command('candidates <study>')
    .description('draw the numbered anchor candidates of every class as a PNG, best first')
    .requiredOption('--out <file.png>', 'the picture to write')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { drawCandidates } = await import('../../../services/stimuli/exchange.ts');
      await withReadOnlyWorkbench(command, (workbench) => drawCandidates(workbench, study, resolve(options.out)));
      printLine(resolve(options.out));
    });
  stimuli
    .command('export <study>')
    .description('write the frozen stimulus set as PNGs with a manifest, to a new folder or a .zip')
    .requiredOption('--out <path>', 'a new or empty folder, or a path that ends in .zip')
    .option('--models-size', 'at the input size of the models instead of the generator’s size')
    .action(async (study: string, options: { out: string; modelsSize?: boolean }, command: Command) => {
      const { exportStimuli } = await import('../../../services/stimuli/exchange.ts');
      const size = options.modelsSize ? 'model' : 'original';
      await withReadOnlyWorkbench(command, (workbench) => exportStimuli(workbench, study, size, resolve(options.out)));
      printLine(resolve(options.out));
    });
}
