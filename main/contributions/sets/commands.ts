import { resolve } from 'node:path';
import type { Command } from 'commander';
import { commandOf, printLine, withReadOnlyWorkbench } from '../../terminal/index.ts';

export default function addSetCommands(program: Command): void {
  commandOf(program, 'stimuli')
    .command('export <study>')
    .description('write the frozen stimulus set as PNGs with a manifest, to a new folder or a .zip')
    .requiredOption('--out <path>', 'a new or empty folder, or a path that ends in .zip')
    .option('--models-size', 'at the input size of the models instead of the generator’s size')
    .action(async (study: string, options: { out: string; modelsSize?: boolean }, command: Command) => {
      const { exportStimuli } = await import('./exchange.ts');
      const size = options.modelsSize ? 'model' : 'original';
      await withReadOnlyWorkbench(command, (workbench) => exportStimuli(workbench, study, size, resolve(options.out)));
      printLine(resolve(options.out));
    });
}
