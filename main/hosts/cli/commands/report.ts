import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  paperSizes,
  type ReportChoice,
  reportChoiceSchema,
  reportFormats,
  reportSections,
  wholeReport,
} from '../../../contract/api/report.ts';
import { UserError } from '../../../contract/errors.ts';
import { existingPath, withReadOnlyWorkbench } from '../context.ts';
import { printable } from '../output.ts';

interface Options {
  out?: string;
  archive?: string;
  formats?: string;
  sections?: string;
  targets?: string;
  architectures?: string;
  seedGroups?: string;
  introduction?: string;
  conclusion?: string;
  saved?: boolean;
  paper?: ReportChoice['paperSize'];
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
    .option('--architectures <list>', 'whose networks it is of, e.g. MLP,CNN (default: all)')
    .option('--seed-groups <list>', 'numbers of the seed groups that it is of, e.g. 1,2, or none (default: all)')
    .option('--introduction <file>', 'a text file with your own words before everything')
    .option('--conclusion <file>', 'a text file with your own words after the results')
    .option('--saved', 'as it was last chosen on the report’s screen; other options change that')
    .addOption(new Option('--paper <size>', 'of the PDF (default: A4)').choices([...paperSizes]))
    .action(async (study: string, options: Options, command: Command) => {
      const { writeChosenReport, writeStudyReport } = await import('../../../services/report/write.ts');
      const { lastChoice } = await import('../../../services/report/choose.ts');
      const changed = changesOf(options);
      const plain = options.archive === undefined && options.formats === undefined && options.saved !== true;
      const written = await withReadOnlyWorkbench(command, async (bench) => {
        const choice = { ...(options.saved ? lastChoice(bench, study) : wholeReport), ...changed };
        const folder = options.out === undefined ? null : resolve(options.out);
        if (plain) return { path: writeStudyReport(bench, study, folder, choice), leftOut: [] };
        const archive = options.archive === undefined ? null : resolve(options.archive);
        return writeChosenReport(bench, study, choice, { archive, folder });
      });
      for (const note of written.leftOut) process.stderr.write(`Left out: ${printable(note)}\n`);
      process.stdout.write(`${written.path}\n`);
    });
}

/** What the options say; the rest is as it was. */
function changesOf(options: Options): Partial<ReportChoice> {
  const { formats, sections, targets, architectures, seedGroups, introduction, conclusion, paper } = options;
  return {
    ...(paper !== undefined && { paperSize: paper }),
    ...(sections !== undefined && { sections: known(sections, reportSections, '--sections') }),
    ...(formats !== undefined && { formats: known(`html,${formats}`, reportFormats, '--formats') }),
    ...(targets !== undefined && { targets: wordsOf(targets).map((word) => numberOf(word, '--targets')) }),
    ...(architectures !== undefined && { architectures: wordsOf(architectures) }),
    ...(seedGroups !== undefined && { repeats: groupsOf(seedGroups) }),
    ...(introduction !== undefined && { introduction: textOf(introduction, '--introduction') }),
    ...(conclusion !== undefined && { conclusion: textOf(conclusion, '--conclusion') }),
  };
}

const groupsOf = (list: string): number[] =>
  list === 'none' ? [] : wordsOf(list).map((word) => numberOf(word, '--seed-groups'));

function textOf(file: string, option: string): string {
  const text = readFileSync(existingPath(file, option), 'utf8');
  const { success } = reportChoiceSchema.shape.introduction.safeParse(text);
  if (success) return text;
  throw new UserError({
    code: 'option.too-long',
    what: 'The text is too long for a report',
    where: file,
    remedy: 'At most 20,000 characters are taken.',
  });
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

function numberOf(word: string, option: string): number {
  const value = Number(word);
  if (Number.isFinite(value)) return value;
  throw new UserError({
    code: 'option.not-a-number',
    what: `"${word}" is not a number`,
    where: option,
    remedy: `Give numbers, e.g. ${option} ${option === '--targets' ? '97.5,98' : '1,2'}.`,
  });
}
