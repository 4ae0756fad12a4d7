import { offered } from '../../calls.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { percentileAmong } from '../../../main/contributions/draws/analysis/draws.ts';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { reportExhibits } from '../../../main/exhibits/all.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { ResultsService } from '../../../main/services/results/service.ts';
import { repository } from '../../architecture/tools.ts';
import { newBench } from '../archives/archive-helper.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { type DrawsResult, drawsResultSchema } from '../../../main/contributions/draws/contract/result.ts';
import { loadResults } from '../../../main/services/results/contributed-results.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addDraws, drawnValue } from './drawn-study.ts';
import { asking, tableOf } from '../../services/results/section-tables.ts';

const resources = join(repository, 'resources');

test('draws of anchors: distributions, with the study’s own set and the paper marked, here and in the report', async () => {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  try {
    const contributed = await loadResults(offered.resultModules ?? []);
    const results = new ResultsService(workbench.storage, resources, contributed);
    const drawsOf = (of: ResultsService): DrawsResult =>
      drawsResultSchema.parse(of.contributed({ name: 'draws', question: 'result', input: { study: 'sample' } }));
    const asked = { rule: 'best', anchorDesign: { kind: 'one' } };
    expect(drawsOf(results)).toMatchObject({ own: asked, runs: [], exhibit: { rows: [] } });
    const runId = addDraws(workbench, 'sample');
    const { runs, exhibit } = drawsOf(results);
    const values = Array.from({ length: 40 }, (_, d) => drawnValue(5, d));
    const own = tableOf(results.tables(asking('types', { study: 'sample', labelers: null })), 'table-2').rows[0]?.[4];
    const mine = typeof own === 'object' && own !== null && 'value' in own ? own.value : null;
    expect(mine).toBeGreaterThan(0);
    expect(runs).toMatchObject([
      { runId, title: 'any clear sample, one a class', state: 'done', done: 40, request: { draws: 40, seed: 1 } },
    ]);
    const charts = runs[0]?.figure?.charts ?? [];
    const placesOf = (chart: number, kind: string): number[] => {
      const of = charts[chart];
      const points = of?.kind === 'points' ? of.kinds.find(({ name }) => name === kind)?.points : [];
      return points?.map(({ x }) => x) ?? [];
    };
    expect(charts.map(({ title }) => title)).toEqual([
      ...['Two networks differ', 'Any networks differ', 'Differ from the reference classifier'],
    ]);
    expect(placesOf(0, 'A draw').slice(0, 40)).toEqual(values);
    expect(placesOf(0, 'This study')[0]).toBeCloseTo(mine ?? -1, 9);
    expect([0, 1, 2].map((chart) => placesOf(chart, 'The paper')[0])).toEqual([11.3, 28.5, undefined]);
    expect(placesOf(2, 'This study')).toEqual([]);
    const row = exhibit.rows[0] ?? [];
    const below = exhibit.columns.findIndex(({ name }) => name === 'Draws below the paper');
    expect(row[below]).toBe(percentileAmong(values, 11.3));
    expect(exhibit.notes.join(' ')).not.toContain('other pairs or alphas');

    const view = reportView(buildReport(workbench, 'sample', wholeReport, contributed), wholeReport);
    expect(reportExhibits(view).find(({ id }) => id === 'anchor-draws')?.rows).toEqual(exhibit.rows);
    const page = renderReport(view.data, wholeReport);
    expect(page).toContain('40 draws of anchors: any clear sample, one a class');
    const drawn = [0, 1, 2].reduce((sum, chart) => sum + placesOf(chart, 'A draw').length, 0);
    expect(page.match(/<title>Draw \d+, /g)).toHaveLength(drawn);
    expect(page).toContain('<title>The paper, ');

    const path = join(temporaryFolder(), 'study.zip');
    await exportArchive(workbench, { study: 'sample', path, weights: false });
    const other = newBench();
    await importArchive(other, path);
    const again = drawsOf(new ResultsService(other.storage, resources, contributed));
    expect(again.exhibit).toEqual(exhibit);
    expect(readFileSync(path).length).toBeGreaterThan(0);
  } finally {
    workbench.storage.close();
  }
});
