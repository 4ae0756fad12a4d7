import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withReadOnlyWorkbench } from '../context.ts';

export function addReport(program: Command): void {
  program
    .command('report <study>')
    .description('write the report of a study as it stands now')
    .option('--out <folder>', 'where to write it (default: beside the study’s data)')
    .action(async (study: string, options: { out?: string }, command: Command) => {
      const { writeStudyReport } = await import('../../../services/report/write.ts');
      const path = await withReadOnlyWorkbench(command, (bench) =>
        writeStudyReport(bench, study, options.out === undefined ? null : resolve(options.out)),
      );
      process.stdout.write(`${path}\n`);
    });
}
