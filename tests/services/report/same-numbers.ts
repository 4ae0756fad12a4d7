import { join } from 'node:path';
import { expect } from 'vitest';
import { type ReportSection, wholeReport } from '../../../main/contract/api/report.ts';
import type { Cell, Exhibit, Group } from '../../../main/contract/results/exhibit.ts';
import type { Target } from '../../../main/contract/recipes/recipes.ts';
import { isQuantity } from '../../../main/domain/results/exhibits.ts';
import { targetTitle } from '../../../main/domain/numbers/targets.ts';
import { reportExhibits } from '../../../main/exhibits/all.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import type { ContributedResults } from '../../../main/services/results/contributed-results.ts';
import { ResultsService } from '../../../main/services/results/service.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';

const sections = ['types', 'seeds', 'softmax', 'certainty', 'along', 'agreement'] as const satisfies ReportSection[];
const asked = 5;

/** What is read of a cell. Why it has no interval is said only where another cell of the table has one. */
const numbersOf = (cell: Cell): unknown => {
  // A page calls networks by their group, a report by its target.
  if (!isQuantity(cell))
    return typeof cell === 'string' ? cell.replace(/^(.* and )?([Aa]ll recipes at|[Nn]etworks,) /, '$1') : cell;
  const { value, std, n, paper, interval, undefined: why } = cell;
  return { value, std, n, paper, why, lo: interval?.lo ?? null, hi: interval?.hi ?? null };
};

/** The rows of a report, which is of all targets. */
const reportRows = ({ columns, rows, number }: Exhibit): unknown[][] =>
  rows.map((cells) => {
    const [head = null, ...rest] = cells.map(numbersOf);
    if (columns[0]?.name === 'Target %' && number === '') return [targetTitle(head as Target), ...rest];
    return [head, ...rest];
  });

/** The rows of a page as the report has them: a page names the group that was chosen, or leaves its column out. */
const pageRows = ({ columns, rows }: Exhibit, ofReport: Exhibit, target: Target): unknown[][] => {
  const isWithout = columns.length < ofReport.columns.length;
  return rows.map((cells) => {
    const [head = null, ...rest] = cells.map(numbersOf);
    if (isWithout) return [targetTitle(target), head, ...rest];
    return [head, ...rest];
  });
};

/**
 * Each number that the page shows in a table stands in the same table of a report. Gives the tables that were compared.
 * @param contributed results of contributions
 */
export function compareNumbers(
  workbench: Workbench,
  study: string,
  target: Target,
  contributed: ReadonlyMap<string, ContributedResults> = new Map(),
): string[] {
  const results = new ResultsService(workbench.storage, join(repository, 'resources'), contributed);
  const choice = { ...wholeReport, asked };
  const ofReport = new Map(
    reportExhibits(reportView(buildReport(workbench, study, choice, contributed), choice)).map((table) => [
      table.id,
      table,
    ]),
  );
  const group: Group = { kind: 'diverse', target };
  return sections.flatMap((section) =>
    results.tables({ study, labelers: null, section, groups: [group], asked }).tables.map(({ of, exhibit }) => {
      const known = ofReport.get(exhibit.id)!;
      expect(known?.title, exhibit.id).toBe(exhibit.title);
      const isChosen = of === 'chosen';
      const whole = (table: Exhibit) => table.rows.map((cells) => cells.map(numbersOf));
      const own = isChosen ? pageRows(exhibit, known, target) : whole(exhibit);
      const all = isChosen ? reportRows(known) : whole(known);
      expect(own.length, exhibit.id).toBeGreaterThan(0);
      for (const row of own) expect(all, exhibit.id).toContainEqual(row);
      return exhibit.id;
    }),
  );
}
