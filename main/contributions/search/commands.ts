import { resolve } from 'node:path';
import type { Command } from 'commander';
import { commandOf, printLine, withReadOnlyWorkbench } from '../../terminal/index.ts';

export default function addSearchCommands(program: Command): void {
  commandOf(program, 'stimuli')
    .command('candidates <study>')
    .description('draw the numbered anchor candidates of every class as a PNG, best first')
    .requiredOption('--out <file.png>', 'the picture to write')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { drawCandidates } = await import('./candidates-picture.ts');
      await withReadOnlyWorkbench(command, (workbench) => drawCandidates(workbench, study, resolve(options.out)));
      printLine(resolve(options.out));
    });
}
