import type { Command } from 'commander';
import { formatCount } from '../../domain/numbers/index.ts';
import { settingTitle } from '../../domain/settings/index.ts';
import { printLine, table, withReadOnlyWorkbench, withWorkbench } from '../../terminal/index.ts';
import { additionText, endedText, standingsTable } from '../contrasts/trainings.ts';

/** `sweeps`: recipes of a study that differ in some factors. */
export default function addSweeps(program: Command): void {
  const sweeps = program.command('sweeps').description('recipes of a study that differ in some factors');
  sweeps
    .command('add <study> <file.json>')
    .description(
      'add a sweep, or levels, seeds or samples to the one of its name; the file has what stands in `sweeps` of a study file. `study run` trains it',
    )
    .option('--preview', 'only show the cells, and what they take')
    .action(async (study: string, file: string, { preview = false }: { preview?: boolean }, command: Command) => {
      const { loadPart } = await import('../../services/declaration/index.ts');
      const { additionsElsewhere } = await import('../contrasts/elsewhere.ts');
      const { sweepSchema } = await import('./contract/sweep.ts');
      const { planSweep, putSweep } = await import('./sweeps.ts');
      const sweep = loadPart(sweepSchema, file, 'sweep');
      const plan = preview
        ? await withReadOnlyWorkbench(command, (workbench) => planSweep(additionsElsewhere(workbench), study, sweep))
        : await withWorkbench(command, (workbench) => putSweep(additionsElsewhere(workbench), study, sweep));
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
      const { additionsElsewhere } = await import('../contrasts/elsewhere.ts');
      const { listSweeps } = await import('./sweeps.ts');
      await withReadOnlyWorkbench(command, (workbench) => {
        const found = listSweeps(additionsElsewhere(workbench), study);
        if (found.length === 0) printLine('This study has no sweeps.');
        for (const { sweep, factors, cells, ...progress } of found) {
          printLine(`${sweep.name}: ${formatCount(cells.length, 'cell')}, ${endedText(progress)}`);
          const rows = cells.map(({ name, levels, targets }) => ({ heads: [name, ...levels], targets }));
          printLine(standingsTable(['cell', ...factors], rows));
        }
      });
    });
}
