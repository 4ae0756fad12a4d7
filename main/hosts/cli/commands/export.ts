import { resolve } from 'node:path';
import type { Command } from 'commander';
import { existingPath, withReadOnlyWorkbench, withWorkbench } from '../context.ts';
import { printLine } from '../output.ts';

/** `predictions` and `responses`: labels of models and people as CSV files. */
export function addExports(program: Command): void {
  const predictions = program.command('predictions').description('the predictions of the models for the stimuli');
  predictions
    .command('export <study>')
    .description('write predictions.csv: label and softmax of every model for every stimulus')
    .requiredOption('--out <file.csv>', 'the file to write')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { exportPredictions } = await import('../../../services/tables/study-tables.ts');
      await withReadOnlyWorkbench(command, (workbench) => exportPredictions(workbench, study, resolve(options.out)));
      printLine(resolve(options.out));
    });
  const responses = program.command('responses').description('the labels of people for the stimuli');
  responses
    .command('import <study> <file.csv>')
    .description(
      'import labels from a file with the columns image,pair_i,pair_j,alpha,labeler,label; all rows or none. Names of labelers are kept: exports, reports and archives show them. The Labeling screen can replace them with pseudonyms',
    )
    .action(async (study: string, file: string, _options: unknown, command: Command) => {
      const { importResponses } = await import('../../../services/tables/study-tables.ts');
      const path = existingPath(file, 'responses import');
      const detail = await withWorkbench(command, (workbench) => importResponses(workbench, study, path));
      printLine(detail);
    });
  responses
    .command('export <study>')
    .description('write humans.csv: every label of every labeler; simulated labelers are marked')
    .requiredOption('--out <file.csv>', 'the file to write')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { exportResponses } = await import('../../../services/tables/study-tables.ts');
      await withReadOnlyWorkbench(command, (workbench) => exportResponses(workbench, study, resolve(options.out)));
      printLine(resolve(options.out));
    });
}
