import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type ResponseKind, responseKinds } from '../../contract/stimuli/index.ts';
import { kindNames, answersAmount } from '../../domain/results/index.ts';
import {
  asideOption,
  classOption,
  columnsIn,
  existingPath,
  mapOption,
  meaningsIn,
  namesIn,
  printable,
  printLine,
  table,
  wholeNumber,
  withReadOnlyWorkbench,
  withWorkbench,
} from '../../terminal/index.ts';
import { addChoose } from './disagreement/command.ts';

interface ImportOptions {
  kind?: ResponseKind;
  map?: string[];
  class?: string[];
  total?: string;
  aside?: string;
}

const total = ({ total: given }: ImportOptions): number | null =>
  given === undefined ? null : wholeNumber(given, '--total', 1, 1_000_000);

/** `predictions` and `responses`: labels of models and people as files; `stimuli choose`. */
export default function addAnswerCommands(program: Command): void {
  addChoose(program);
  const predictions = program.command('predictions').description('the predictions of the models for the stimuli');
  predictions
    .command('export <study>')
    .description('write predictions.csv: label and softmax of every model for every stimulus')
    .requiredOption('--out <file.csv>', 'the file to write')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { exportPredictions } = await import('./study-tables.ts');
      await withReadOnlyWorkbench(command, (workbench) => exportPredictions(workbench, study, resolve(options.out)));
      printLine(resolve(options.out));
    });
  const responses = program.command('responses').description('the labels of people for the stimuli');
  responses
    .command('import <study> <file>')
    .description(
      'import people’s answers, all or none, from a CSV, JSON, Parquet or NumPy file, as the Labeling screen does: single labels join the study’s labelers in place of those of other tables, and answers of other kinds, such as counts of labels, become a panel that figures of the study then use. Kind and columns are guessed and printed. Names of labelers are kept: exports, reports and archives show them. The Labeling screen can replace them with pseudonyms',
    )
    .addOption(
      new Option('--kind <kind>', 'the kind of answers; default: what the columns look like').choices(responseKinds),
    )
    .option(
      ...mapOption('image, labeler, label, rating, trials (with "real" for real trials), total, labels, or a class'),
    )
    .option(...classOption)
    .option('--total <labels>', 'labels of each image, if the columns have shares of them')
    .option(...asideOption('people', 'models, in a table of model-vs-human'))
    .action(async (study: string, file: string, options: ImportOptions, command: Command) => {
      const { importResponses } = await import('./study-tables.ts');
      const path = existingPath(file, 'responses import');
      const wanted = (classes: readonly string[]) => ({
        kind: options.kind ?? null,
        columns: columnsIn(options.map),
        words: meaningsIn(options.class, classes),
        total: total(options),
        aside: namesIn(options.aside),
      });
      const read = await withWorkbench(command, (workbench) => importResponses(workbench, study, path, wanted));
      printLine(printable(`Columns: ${read.mapping.join(', ')}`));
      printLine(printable(read.detail));
    });
  responses
    .command('list <study>')
    .description('list the imported panels of answers, and which answers figures of the study use')
    .action(async (study: string, _options: unknown, command: Command) => {
      const { listPanels } = await import('./panels/panels.ts');
      await withReadOnlyWorkbench(command, (workbench) => {
        const panels = listPanels(workbench, study);
        const isUsed = panels.some(({ counts }) => counts);
        const rows = panels.map(({ id, kind, counts, file, ...panel }) => [
          ...[id, kindNames[kind], answersAmount({ kind, ...panel }), file, counts ? 'in use' : ''],
        ]);
        printLine(
          table(
            ['panel', 'kind', 'answers', 'file', ''],
            [['own', kindNames.single, '', '', isUsed ? '' : 'in use'], ...rows],
          ),
        );
      });
    });
  responses
    .command('use <study> <panel>')
    .description('choose the answers that figures of the study use: the number of a panel, or "own" for its own labels')
    .action(async (study: string, panel: string, _options: unknown, command: Command) => {
      const { choosePanel } = await import('./panels/panels.ts');
      const id = panel === 'own' ? null : wholeNumber(panel, 'the panel', 1, 1_000_000_000);
      await withWorkbench(command, (workbench) => choosePanel(workbench, study, id));
      printLine(id === null ? 'Figures use the study’s own labels.' : `Figures use panel ${id}.`);
    });
  responses
    .command('export <study>')
    .description(
      'write humans.csv: every label of every labeler; simulated labelers are marked. Where figures use counts of labels: these, as image,count_0,count_1,...',
    )
    .requiredOption('--out <file.csv>', 'the file to write')
    .option('--panel <panel>', 'write this panel with the study’s images and models, as a folder that `analyze` reads')
    .action(async (study: string, options: { out: string; panel?: string }, command: Command) => {
      if (options.panel !== undefined) {
        const id = wholeNumber(options.panel, '--panel', 1, 1_000_000_000);
        const { exportPanel } = await import('./panels/export.ts');
        await withReadOnlyWorkbench(command, (workbench) => exportPanel(workbench, study, id, resolve(options.out)));
        printLine(resolve(options.out));
        return;
      }
      const { exportResponses } = await import('./study-tables.ts');
      await withReadOnlyWorkbench(command, (workbench) => exportResponses(workbench, study, resolve(options.out)));
      printLine(resolve(options.out));
    });
}
