import { resolve } from 'node:path';
import type { Command } from 'commander';
import { existingPath, withReadOnlyWorkbench, withWorkbench } from '../context.ts';

/** `predictions` and `responses`: what models and people say, out of the store and into it. */
export function addExports(program: Command): void {
  const predictions = program.command('predictions').description('what the models say about the stimuli');
  predictions
    .command('export <study>')
    .description('write predictions.csv: every model’s label and softmax on every stimulus')
    .requiredOption('--out <file.csv>', 'where to write it')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { exportPredictions } = await import('../../../services/tables/study-tables.ts');
      await withReadOnlyWorkbench(command, (bench) => exportPredictions(bench, study, resolve(options.out)));
      process.stdout.write(`${resolve(options.out)}\n`);
    });
  const responses = program.command('responses').description('what people say about the stimuli');
  responses
    .command('import <study> <file.csv>')
    .description('take over labels that people gave: image,pair_i,pair_j,alpha,labeler,label; all rows or none')
    .action(async (study: string, file: string, _options: unknown, command: Command) => {
      const { importResponses } = await import('../../../services/tables/study-tables.ts');
      const path = existingPath(file, 'responses import');
      const detail = await withWorkbench(command, (bench) => importResponses(bench, study, path));
      process.stdout.write(`${detail}\n`);
    });
  responses
    .command('export <study>')
    .description('write humans.csv: every label of every labeler; simulated ones are marked')
    .requiredOption('--out <file.csv>', 'where to write it')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { exportResponses } = await import('../../../services/tables/study-tables.ts');
      await withReadOnlyWorkbench(command, (bench) => exportResponses(bench, study, resolve(options.out)));
      process.stdout.write(`${resolve(options.out)}\n`);
    });
}
