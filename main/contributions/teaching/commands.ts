import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatCount, formatInteger, targetTitle } from '../../domain/numbers/index.ts';
import type { TeachingEnough, TeachingForecast, TeachingPlan } from './contract/teaching.ts';
import type { Teaching } from './contract/design.ts';
import { armTitle } from './analysis/arms.ts';
import { enoughAssumptions, enoughSentences, scoreText, sizesTable, sizeText } from './analysis/planner-text.ts';
import { printJson, printLine, table, withReadOnlyWorkbench, withWorkbench } from '../../terminal/index.ts';
import { additionText, endedText, standingsTable } from '../contrasts/trainings.ts';

interface MakeOptions {
  preview?: boolean;
  again?: boolean;
}

interface OutcomeOptions {
  target?: string;
  to?: string;
  json?: boolean;
}

/** `teachers`: networks that are taught a study's images by targets made of people's labels. */
export default function addTeachers(program: Command): void {
  const teachers = program
    .command('teachers')
    .description('networks that people’s labels teach, against other targets');
  teachers
    .command('make <study> [file.json]')
    .description(
      'make the targets of a study’s labels, without leaks, and queue the trainings; the file has what stands in `teaching` of a study file (default: that of the study). `study run` trains them',
    )
    .option(
      '--preview',
      'only show whether this is enough, what would be trained, and what it takes; before there are labels, whether it would be enough',
    )
    .option('--again', 'make them anew although labels or design changed after trainings began: those leave the study')
    .action(async (study: string, file: string | undefined, options: MakeOptions, command: Command) => {
      const { loadPart } = await import('../../services/declaration/index.ts');
      const { teachingSchema } = await import('./contract/design.ts');
      const { makeTargets, planTargets } = await import('./targets/make.ts');
      const { additionsElsewhere } = await import('../contrasts/elsewhere.ts');
      const { preview = false, again = false } = options;
      const input = { teaching: file === undefined ? null : loadPart(teachingSchema, file, 'teaching'), again };
      const enough = preview ? await readEnough(command, study, input.teaching) : null;
      if (enough) printEnough(enough);
      if (enough?.plan?.assumed) return printLine('Collect or import labels first: targets are made of them.');
      const plan = preview
        ? await withReadOnlyWorkbench(command, (bench) => planTargets(additionsElsewhere(bench), study, input))
        : await withWorkbench(command, (bench) => makeTargets(additionsElsewhere(bench), study, input));
      printPlan(plan);
      printLine(`${preview ? 'Would add' : 'Added'} ${additionText(plan, plan.cells, 'the study')}.`);
    });
  teachers
    .command('list <study>')
    .description('list the cells of the experiment, with how many seeds of each reached the target')
    .action(async (study: string, _: unknown, command: Command) => {
      const { listTeaching } = await import('./list.ts');
      const { additionsElsewhere } = await import('../contrasts/elsewhere.ts');
      await withReadOnlyWorkbench(command, (workbench) => {
        const { teaching, cells, ...progress } = listTeaching(additionsElsewhere(workbench), study);
        if (!teaching.made) return printLine('No targets were made yet: `boundary teachers make` makes them.');
        printLine(`${teaching.name}: ${endedText(progress)}`);
        const rows = cells.map(({ arm, fold, teachers: half, targets }) => ({ heads: [arm, fold, half], targets }));
        printLine(standingsTable(['arm', 'held-out fold', 'teachers'], rows));
      });
    });
  teachers
    .command('outcomes <study>')
    .description('compare the arms on held-out images, against people who taught none of them')
    .option('--target <target>', 'of the networks (default: the first of the base recipe)')
    .option('--to <file.csv>', 'write a table with every number')
    .option('--json', 'print JSON')
    .action(async (study: string, { target, to, json }: OutcomeOptions, command: Command) => {
      const { teachingOutcomes } = await import('./outcomes/outcomes.ts');
      const { missingSentences } = await import('./outcomes/tables.ts');
      const { outcomeSummary, outcomeTable, ownSummary } = await import('./outcomes/csv.ts');
      const found = await withReadOnlyWorkbench(command, (workbench) =>
        teachingOutcomes(workbench, study, target ?? null),
      );
      if (to !== undefined) {
        const { formatCsv } = await import('../../files/tables/index.ts');
        const { writeFileAtomic } = await import('../../files/index.ts');
        const { header, rows } = outcomeTable(found);
        writeFileAtomic(resolve(to), formatCsv([header, ...rows]));
        return printLine(resolve(to));
      }
      if (json) return printJson(found);
      if (found.simulated) printLine('Rehearsal: the labels are simulated.');
      if (found.halvesOf === 'labels') printLine(ofLabels);
      if (found.outdated) printLine('Labels have changed since the targets were made.');
      for (const sentence of missingSentences(found)) printLine(sentence);
      const { header, rows } = outcomeSummary(found);
      for (const direction of found.directions) {
        const { teachers: half, people, images, floor } = direction;
        printLine(
          `Half ${half} teaches (${formatCount(people.teaching, found.halvesOf === 'people' ? 'labeler' : 'label')}), the other examines (${formatInteger(people.examining)}), on ${formatCount(images, 'held-out image')}; ${targetTitle(found.target)}.`,
        );
        printLine(
          `Brier: floor ${short(floor.brier_floor)}, ceiling ${short(floor.brier_ceiling)}; NLL: floor ${short(floor.nll_floor)}, ceiling ${short(floor.nll_ceiling)}; JS (bits): floor ${short(floor.js_floor)}, ceiling ${short(floor.js_ceiling)}.`,
        );
        printLine(
          table(
            header,
            rows.flatMap(({ teachers: of, cells }) => (of === half ? [cells] : [])),
          ),
        );
        if (!direction.own) continue;
        printLine(`Own labels of ${formatCount(direction.own.people, 'labeler')} who taught a network each:`);
        const own = ownSummary(direction, found.outcome);
        printLine(table(own.header, own.rows));
      }
      printLine(
        `Differences: arm less ${found.reference}, lower is better; p adjusted by Holm’s method over all arms and halves, trained or not. Accuracy on ${found.accuracyOf}.`,
      );
    });
}

const short = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(4));

const ofLabels = 'The labels are counts: halves are of labels, and one person may teach and examine.';

function printPlan({ parts, folds, people, halvesOf, untaught, simulated }: TeachingPlan): void {
  if (simulated) printLine('Rehearsal: the labels are simulated.');
  if (halvesOf === 'labels') printLine(ofLabels);
  printLine(
    `${halvesOf === 'people' ? 'People' : 'Labels'}: ${people.a} in half a, ${people.b} in half b. Images in each fold: ${folds.join(', ')}.`,
  );
  if (untaught > 0)
    printLine(`${formatCount(untaught, 'image')} that are test images of the data set are tested and never taught.`);
  const distills = parts.some(({ temperature }) => temperature !== null);
  const rows = parts.map(({ fold, teachers, images, temperature }) => [
    ...[fold, teachers, images],
    ...(distills ? [temperature] : []),
  ]);
  printLine(table(['held-out fold', 'teachers', 'taught images', ...(distills ? ['temperature'] : [])], rows));
}

async function readEnough(command: Command, study: string, teaching: Teaching | null): Promise<TeachingForecast> {
  const { enoughToTeach } = await import('./outcomes/enough.ts');
  return withReadOnlyWorkbench(command, (bench) => enoughToTeach(bench, study, teaching));
}

function printEnough({ plan, notPlanned }: TeachingForecast): void {
  for (const sentence of notPlanned) printLine(sentence);
  if (plan) printSizes(plan);
}

function printSizes(enough: TeachingEnough): void {
  const { arms, design } = enough;
  for (const sentence of enoughSentences(enough)) printLine(sentence);
  printLine(
    table(
      ['arm', 'labels allow', 'found from', 'expected', 'found from', 'enough would be'],
      arms.map(({ arm, most, mostTold, expected, told, needed }) => [
        ...[armTitle(arm), scoreText(most), scoreText(mostTold), scoreText(expected), scoreText(told)],
        needed ? sizeText(enough, needed) : 'no size that was tried',
      ]),
    ),
  );
  const { people, expected, rows } = sizesTable(enough, design.seeds);
  printLine(
    `Differences found in 95 % of experiments with ${formatCount(design.seeds, 'seed')}, * as expected or smaller:`,
  );
  printLine(
    table(
      [enough.units === 'pairs' ? 'pairs, images' : 'images', ...people.map((count) => `${count} people`)],
      [
        ['expected', ...expected],
        ...rows.map(({ name, cells }) => [name, ...cells.map(({ text, isEnough }) => `${text}${isEnough ? '*' : ''}`)]),
      ],
    ),
  );
  printLine(enoughAssumptions(enough));
}
