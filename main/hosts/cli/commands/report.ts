import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  paperSizes,
  type ReportChoice,
  reportFormats,
  reportSections,
  wholeReport,
} from '../../../contract/api/report.ts';
import { UserError } from '../../../contract/errors.ts';
import { withReadOnlyWorkbench } from '../context.ts';
import { printable } from '../output.ts';

interface Options {
  out?: string;
  archive?: string;
  formats?: string;
  sections?: string;
  targets?: string;
  paper: ReportChoice['paperSize'];
}

export function addReport(program: Command): void {
  program
    .command('report <study>')
    .description('write the report of a study as it stands now')
    .option('--out <folder>', 'where to write it (default: beside the study’s data)')
    .option('--archive <file>', 'write one zip archive with a manifest of hashes instead')
    .option('--formats <list>', `besides the page: ${reportFormats.slice(1).join(',')}`)
    .option('--sections <list>', `what is in it (default: all): ${reportSections.join(',')}`)
    .option('--targets <list>', 'target accuracies that are shown, e.g. 97.5,98 (default: all)')
    .addOption(new Option('--paper <size>', 'of the PDF').choices([...paperSizes]).default('A4'))
    .action(async (study: string, options: Options, command: Command) => {
      const { writeChosenReport, writeStudyReport } = await import('../../../services/report/write.ts');
      const choice = choiceOf(options);
      const plain = options.archive === undefined && options.formats === undefined;
      const written = await withReadOnlyWorkbench(command, async (bench) => {
        const folder = options.out === undefined ? null : resolve(options.out);
        if (plain) return { path: writeStudyReport(bench, study, folder, choice), leftOut: [] };
        const archive = options.archive === undefined ? null : resolve(options.archive);
        return writeChosenReport(bench, study, choice, { archive, folder });
      });
      for (const note of written.leftOut) process.stderr.write(`Left out: ${printable(note)}\n`);
      process.stdout.write(`${written.path}\n`);
    });
}

function choiceOf({ formats, sections, targets, paper }: Options): ReportChoice {
  return {
    ...wholeReport,
    paperSize: paper,
    ...(sections !== undefined && { sections: known(sections, reportSections, '--sections') }),
    ...(formats !== undefined && { formats: known(`html,${formats}`, reportFormats, '--formats') }),
    ...(targets !== undefined && { targets: wordsOf(targets).map(targetOf) }),
  };
}

const wordsOf = (list: string): string[] =>
  list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

function known<Word extends string>(list: string, words: readonly Word[], option: string): Word[] {
  return wordsOf(list).map((word) => {
    const found = words.find((each) => each === word);
    if (found !== undefined) return found;
    throw new UserError({
      code: 'option.unknown',
      what: `There is no "${word}"`,
      where: option,
      remedy: `Choose from: ${words.join(', ')}.`,
    });
  });
}

function targetOf(word: string): number {
  const value = Number(word);
  if (Number.isFinite(value)) return value;
  throw new UserError({
    code: 'option.not-a-number',
    what: `"${word}" is not a number`,
    where: '--targets',
    remedy: 'Give accuracies in percent, e.g. --targets 97.5,98.',
  });
}
