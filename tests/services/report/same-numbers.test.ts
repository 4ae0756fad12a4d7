import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type ReportSection, wholeReport } from '../../../main/contract/api/report.ts';
import type { Cell, Exhibit, Group } from '../../../main/contract/exhibit.ts';
import type { Target } from '../../../main/contract/recipes.ts';
import { isQuantity } from '../../../main/domain/exhibits.ts';
import { targetTitle } from '../../../main/domain/targets.ts';
import { reportExhibits } from '../../../main/exhibits/all.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { ResultsService } from '../../../main/services/results/service.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import type { Workbench } from '../../../main/services/tools/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSeedStudy, seedDesign } from '../results/seed-study.ts';
import { openSample, sampleFolder } from './sample-lab.ts';

const sections = ['types', 'seeds', 'softmax', 'certainty', 'along', 'agreement'] as const satisfies ReportSection[];
const asked = 5;
let workbench: Workbench;

afterEach(() => workbench.storage.close());

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

/** Each number that the page shows in a table stands in the same table of a report. Gives the tables that were compared. */
function compare(study: string, target: Target): string[] {
  const results = new ResultsService(workbench.storage, join(repository, 'resources'));
  const choice = { ...wholeReport, asked };
  const ofReport = new Map(
    reportExhibits(reportView(buildReport(workbench, study, choice), choice)).map((table) => [table.id, table]),
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

const always = [
  ...['table-2', 'table-3', 'figure-2', 'table-5', 'table-4', 'softmax-quartiles', 'calibration', 'certainty'],
  ...['divergence', 'flip-distances', 'curve-means', 'multiplicity', 'churn', 'test-images', 'consistency-intervals'],
  ...['table-1', 'flip-points', 'agreement'],
];

it('a page and a report of the sample study have the same numbers', async () => {
  workbench = openSample(await sampleFolder(temporaryFolder()));
  expect(compare('sample', 97.5)).toEqual(expect.arrayContaining(['types-at', 'deferral', 'table-3']));
});

it('so have those of three targets with seed groups', async () => {
  workbench = openSample(await sampleFolder(temporaryFolder()));
  addSeedStudy(workbench);
  expect(compare(seedDesign.name, 98)).toEqual(expect.arrayContaining(always));
});

it('so have those of people who answered with sets', async () => {
  workbench = openSample(await sampleFolder(temporaryFolder()));
  const path = join(temporaryFolder(), 'set.csv');
  const rows = Array.from(
    { length: 165 },
    (_, image) => `${image},Ada,${image % 10}\n${image},Ben,1|${image % 10 === 1 ? 7 : image % 10}\n`,
  );
  writeFileSync(path, `image,labeler,labels\n${rows.join('')}`);
  await importResponses(workbench, 'sample', path, { kind: 'set', total: null });
  expect(compare('sample', 97.5)).toEqual(expect.arrayContaining(['sets', 'calibration', 'divergence']));
});
