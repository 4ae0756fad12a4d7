import type { Command } from 'commander';
import type { SweepPlan } from '../../../contract/api/sweeps.ts';
import { formatCost, formatCount } from '../../../domain/format.ts';
import { factorTitle } from '../../../domain/sweep-levels.ts';
import { targetTitle } from '../../../domain/targets.ts';
import { withReadOnlyWorkbench, withWorkbench } from '../context.ts';
import { printLine, table } from '../output.ts';

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
        const header = ['cell', ...sweep.factors.map(({ of }) => factorTitle(of)), 'first seed', 'recipe'];
        const rows = plan.cells.map(({ name, levels, seed, recipe }) => [name, ...levels, seed, recipe]);
        printLine(table(header, rows));
        if (plan.cells.length < plan.count) printLine(`and ${plan.count - plan.cells.length} more`);
      }
      printLine(`${preview ? 'Would add' : 'Added'} ${describe(plan)}.`);
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
          const rest = done < runs ? `; ${formatCost(cost)} to go` : '';
          printLine(
            `${sweep.name}: ${formatCount(cells.length, 'cell')}, ${done} of ${formatCount(runs, 'training')} ended${rest}`,
          );
          const header = ['cell', ...factors, 'target', 'reached', 'missed', 'failed', 'others'];
          const rows = cells.flatMap(({ name, levels, targets }) =>
            targets.map(({ target, planned, done: reached, missed, failed }) => [
              ...[name, ...levels, targetTitle(target), `${reached} of ${planned}`],
              ...[missed, failed, planned - reached - missed - failed],
            ]),
          );
          printLine(table(header, rows));
        }
      });
    });
}

function describe({ runs, count, kept, known, ...cost }: SweepPlan): string {
  const shared = known > 0 ? `, ${known} of them trained already` : '';
  const before = kept > 0 ? ` beside ${kept} that the sweep has` : '';
  return `${formatCount(runs, 'training')}${before} in ${formatCount(count, 'cell')}${shared}: ${formatCost(cost)}`;
}
