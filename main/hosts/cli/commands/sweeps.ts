import type { Command } from 'commander';
import type { Cost } from '../../../contract/api/studies.ts';
import type { SweepPlan, SweepView } from '../../../contract/api/sweeps.ts';
import { formatCost, formatCount } from '../../../domain/format.ts';
import { settingTitle } from '../../../domain/recipe-settings.ts';
import { targetTitle } from '../../../domain/targets.ts';
import { withReadOnlyWorkbench, withWorkbench } from '../../../terminal/context.ts';
import { printLine, table } from '../../../terminal/output.ts';

/** `sweeps`: recipes of a study that differ in some factors. */
export function addSweeps(program: Command): void {
  const sweeps = program.command('sweeps').description('recipes of a study that differ in some factors');
  sweeps
    .command('add <study> <file.json>')
    .description(
      'add a sweep, or levels, seeds or samples to the one of its name; the file has what stands in `sweeps` of a study file. `study run` trains it',
    )
    .option('--preview', 'only show the cells, and what they take')
    .action(async (study: string, file: string, { preview = false }: { preview?: boolean }, command: Command) => {
      const { loadSweep } = await import('../../../services/declaration/study-file.ts');
      const { planSweep, putSweep, sweepToolsElsewhere } = await import('../../../services/runs/sweeps.ts');
      const sweep = loadSweep(file);
      const plan = preview
        ? await withReadOnlyWorkbench(command, (workbench) => planSweep(sweepToolsElsewhere(workbench), study, sweep))
        : await withWorkbench(command, (workbench) => putSweep(sweepToolsElsewhere(workbench), study, sweep));
      if (preview) {
        const header = ['cell', ...sweep.factors.map(({ of }) => settingTitle(of)), 'first seed', 'recipe'];
        const rows = plan.cells.map(({ name, levels, seed, recipe }) => [name, ...levels, seed, recipe]);
        printLine(table(header, rows));
        if (plan.cells.length < plan.count) printLine(`and ${plan.count - plan.cells.length} more`);
      }
      printLine(`${preview ? 'Would add' : 'Added'} ${additionText(plan, plan.count, 'the sweep')}.`);
    });
  sweeps
    .command('list <study>')
    .description('list the cells of a study’s sweeps, with how many seeds of each reached the target')
    .action(async (study: string, _: unknown, command: Command) => {
      const { listSweeps, sweepToolsElsewhere } = await import('../../../services/runs/sweeps.ts');
      await withReadOnlyWorkbench(command, (workbench) => {
        const found = listSweeps(sweepToolsElsewhere(workbench), study);
        if (found.length === 0) printLine('This study has no sweeps.');
        for (const { sweep, factors, cells, runs, done, cost } of found) {
          printLine(`${sweep.name}: ${formatCount(cells.length, 'cell')}, ${endedText({ runs, done, cost })}`);
          const rows = cells.map(({ name, levels, targets }) => ({ heads: [name, ...levels], targets }));
          printLine(standingsTable(['cell', ...factors], rows));
        }
      });
    });
}

/** What models are added, and what they take. @param to what has some of them already */
export function additionText(
  { runs, kept, known, ...cost }: Pick<SweepPlan, 'runs' | 'kept' | 'known'> & Cost,
  cells: number,
  to: string,
): string {
  const shared = known > 0 ? `, ${known} of them trained already` : '';
  const before = kept > 0 ? ` beside ${kept} that ${to} has` : '';
  return `${formatCount(runs, 'training')}${before} in ${formatCount(cells, 'cell')}${shared}: ${formatCost(cost)}`;
}

/** How far trainings are. */
export const endedText = ({ runs, done, cost }: Pick<SweepView, 'runs' | 'done' | 'cost'>): string =>
  `${done} of ${formatCount(runs, 'training')} ended${done < runs ? `; ${formatCost(cost)} to go` : ''}`;

type Standing = Pick<SweepView['cells'][number], 'targets'> & { heads: readonly (string | number)[] };

/** How many seeds of each cell reached each target. */
export const standingsTable = (heads: readonly string[], cells: readonly Standing[]): string =>
  table(
    [...heads, 'target', 'reached', 'missed', 'failed', 'others'],
    cells.flatMap(({ heads: own, targets }) =>
      targets.map(({ target, planned, done, missed, failed }) => [
        ...[...own, targetTitle(target), `${done} of ${planned}`],
        ...[missed, failed, planned - done - missed - failed],
      ]),
    ),
  );
