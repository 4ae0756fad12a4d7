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
import { UserError } from '../../../contract/wire/errors.ts';
import { type Claim, claims } from '../../../contract/results/exhibit.ts';
import { existingPath, withReadOnlyWorkbench } from '../../../terminal/context.ts';
import { printable, printLine } from '../../../terminal/output.ts';
import { parseTarget } from '../../../domain/numbers/targets.ts';
import type { Target } from '../../../contract/recipes/recipes.ts';

interface Options {
  out?: string;
  archive?: string;
  formats?: string;
  sections?: string;
  targets?: string;
  architectures?: string;
  seedGroups?: string;
  claim?: Claim;
  introduction?: string;
  conclusion?: string;
  saved?: boolean;
  paper?: ReportChoice['paperSize'];
}

export function addReport(program: Command): void {
  program
    .command('report <study>')
    .description('write the report of a study in its current state')
    .option('--out <folder>', 'the folder to write to (default: beside the study’s data)')
    .option('--archive <file>', 'write one zip archive with a manifest of hashes instead')
    .option('--formats <list>', `formats besides HTML: ${reportFormats.slice(1).join(',')}`)
    .option('--sections <list>', `sections to include (default: all): ${reportSections.join(',')}`)
    .option('--targets <list>', 'target accuracies to include, e.g. 97.5,98 (default: all)')
    .option('--architectures <list>', 'architectures to include, e.g. MLP,CNN (default: all)')
    .option('--seed-groups <list>', 'numbers of the seed groups to include, e.g. 1,2, or none (default: all)')
    .addOption(
      new Option('--claim <claim>', 'for whom intervals hold (default: the largest population possible)').choices([
        ...claims,
      ]),
    )
    .option('--introduction <file>', 'a text file to print first')
    .option('--conclusion <file>', 'a text file to print after the results')
    .option('--saved', 'use the options last chosen on the Report screen; other options override them')
    .addOption(new Option('--paper <size>', 'paper size of the PDF (default: A4)').choices([...paperSizes]))
    .action(async (study: string, options: Options, command: Command) => {
      const { writeChosenReport, writeStudyReport } = await import('../../../services/report/write.ts');
      const { lastChoice } = await import('../../../services/report/choose.ts');
      const changed = chosenOptions(options);
      const plain = options.archive === undefined && options.formats === undefined && options.saved !== true;
      const written = await withReadOnlyWorkbench(command, async (workbench) => {
        const choice = { ...(options.saved ? lastChoice(workbench, study) : wholeReport), ...changed };
        const folder = options.out === undefined ? null : resolve(options.out);
        if (plain) return { path: await writeStudyReport(workbench, study, folder, choice), leftOut: [] };
        const archive = options.archive === undefined ? null : resolve(options.archive);
        return writeChosenReport(workbench, study, choice, { archive, folder });
      });
      for (const note of written.leftOut) process.stderr.write(`Left out: ${printable(note)}\n`);
      printLine(written.path);
    });
}

/** The part of the choice that the options change. */
function chosenOptions(options: Options): Partial<ReportChoice> {
  const { formats, sections, targets, architectures, seedGroups, claim, introduction, conclusion, paper } = options;
  return {
    ...(paper !== undefined && { paperSize: paper }),
    ...(sections !== undefined && { sections: known(sections, reportSections, '--sections') }),
    ...(formats !== undefined && { formats: known(`html,${formats}`, reportFormats, '--formats') }),
    ...(targets !== undefined && { targets: splitList(targets).map(readTarget) }),
    ...(architectures !== undefined && { architectures: splitList(architectures) }),
    ...(seedGroups !== undefined && { repeats: parseGroups(seedGroups) }),
    ...(claim !== undefined && { claim }),
    ...(introduction !== undefined && { introduction: readText(introduction, '--introduction') }),
    ...(conclusion !== undefined && { conclusion: readText(conclusion, '--conclusion') }),
  };
}

const parseGroups = (list: string): number[] =>
  list === 'none' ? [] : splitList(list).map((word) => parseNumber(word, '--seed-groups'));

function readText(file: string, option: string): string {
  const text = readFileSync(existingPath(file, option), 'utf8');
  const { success } = reportChoiceSchema.shape.introduction.safeParse(text);
  if (success) return text;
  throw new UserError(
    'option.too-long',
    'The text is too long for a report',
    file,
    'Shorten it to at most 20,000 characters.',
  );
}

const splitList = (list: string): string[] =>
  list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

function known<Word extends string>(list: string, words: readonly Word[], option: string): Word[] {
  return splitList(list).map((word) => {
    const found = words.find((each) => each === word);
    if (found !== undefined) return found;
    throw new UserError('option.unknown', `There is no "${word}"`, option, `Choose from: ${words.join(', ')}.`);
  });
}

function readTarget(word: string): Target {
  const target = parseTarget(word);
  if (target !== null) return target;
  throw new UserError(
    'option.not-a-target',
    `"${word}" is no target`,
    '--targets',
    'Give accuracies, epochs or losses, e.g. --targets "97.5,98" or --targets "epochs 10".',
  );
}

function parseNumber(word: string, option: string): number {
  const value = Number(word);
  if (Number.isFinite(value)) return value;
  throw new UserError('option.not-a-number', `"${word}" is not a number`, option, `Give numbers, e.g. ${option} 1,2.`);
}
