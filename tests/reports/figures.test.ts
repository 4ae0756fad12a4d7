import { describe, expect, it } from 'vitest';
import { type Chart, type Figure, figureSchema } from '../../main/contract/figure.ts';
import { wholeReport } from '../../main/contract/api/report.ts';
import { rowTexts, toAxis, valueText } from '../../main/domain/figures.ts';
import { allCurvesFigure } from '../../main/exhibits/along-figure.ts';
import { studyCurves } from '../../main/exhibits/curves.ts';
import { drawsFigure } from '../../main/exhibits/draws.ts';
import { studyMultiplicity } from '../../main/exhibits/multiplicity.ts';
import { rarefied } from '../../main/exhibits/rarefaction.ts';
import { rarefactionFigures } from '../../main/exhibits/rarefaction-figure.ts';
import {
  reportAlongFigure,
  reportEntropyFigure,
  reportReliabilityFigure,
  reportSoftmaxFigure,
} from '../../main/exhibits/report-figures.ts';
import { certaintyFigure, seedTypesFigure } from '../../main/exhibits/seed-figures.ts';
import { typesFigure } from '../../main/exhibits/types-figure.ts';
import { reportView } from '../../main/exhibits/view.ts';
import { drawChart } from '../../main/reports/drawings/figure.ts';
import { barCategories, lineSeries, scatterPoints } from '../../renderer/charts/figure.tsx';
import { sampleData } from './sample.ts';

/** Figures of two studies, one of them without people. */
function figures(): [name: string, figure: Figure][] {
  const options = [{ targets: [97.5, 98], repeats: 2, networks: 3, pairs: 2 }, { labelers: 'none' as const }];
  return options.flatMap((of, study) => {
    const view = reportView(sampleData(of), wholeReport);
    const all = [
      ...rarefactionFigures(view, rarefied(view)),
      ...view.data.draws.map((run, place) => drawsFigure(run, view.paper, place + 1)),
      ...[studyMultiplicity(view).deferralFigure, typesFigure(view), seedTypesFigure(view), certaintyFigure(view)],
      ...[reportSoftmaxFigure(view), reportReliabilityFigure(view), reportEntropyFigure(view)],
      ...[reportAlongFigure(view), allCurvesFigure(view, studyCurves(view))],
    ];
    return all.map((figure): [string, Figure] => [`${study}: ${figure.id}`, figure]);
  });
}

/** What the page writes of each mark: from the numbers that its own drawer is given. */
function pageTexts(chart: Chart): string[] {
  switch (chart.kind) {
    case 'rows':
      return chart.rows.map(
        (row) =>
          `${row.name}: ${rowTexts(chart, row)
            .map((texts) => texts.join(' '))
            .join(', ')}`,
      );
    case 'bars':
      return barCategories(chart).flatMap(({ name, values }) =>
        chart.series.flatMap((series, at) => {
          const { value = null, ...bar } = values[String(at)] ?? {};
          return value === null ? [] : `${name}, ${series.name}: ${valueText(toAxis(chart.y).format, value, bar)}`;
        }),
      );
    case 'points':
      return scatterPoints(chart).map(
        ({ label, kind, x, y }) => `${label}, ${kind}: ${toAxis(chart.x).format(x)} and ${toAxis(chart.y).format(y)}`,
      );
    case 'lines':
      return [
        ...lineSeries(chart).flatMap(({ name, points, band = [], counts = [], paper = [], thin, faint, mark }) => {
          // Curves of very many points, and weak ones, have no dots.
          const dots = thin || faint || (mark === undefined && points.length > 60) ? [] : points;
          return [
            ...dots.map(([x, y]) => {
              const [, low, high] = band.find(([at]) => at === x) ?? [];
              const n = counts.find(([at]) => at === x)?.[1];
              const interval = low === undefined || high === undefined ? undefined : ([low, high] as const);
              return `${name}, ${toAxis(chart.x).format(x)}: ${valueText(toAxis(chart.y).format, y, { interval, n })}`;
            }),
            ...paper.map(([x, y]) => `The paper, ${toAxis(chart.x).format(x)}: ${toAxis(chart.y).format(y)}`),
          ];
        }),
        ...(chart.markers ?? []).map(({ name }) => name),
      ];
  }
}

const decoded = (text: string): string =>
  text.replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&');

describe('a figure on the page and in a report', () => {
  it.each(figures())('%s says the same of every mark', (_, figure) => {
    expect(figureSchema.parse(figure)).toEqual(figure);
    for (const chart of figure.charts) {
      const svg = drawChart(chart).text;
      const titles = [...svg.matchAll(/<title>(.*?)<\/title>/g)].map(([, text = '']) => decoded(text));
      expect(titles.toSorted(), chart.title).toEqual(pageTexts(chart).toSorted());
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('are compared mark by mark', () => {
    const texts = figures().flatMap(([, { charts }]) => charts.flatMap(pageTexts));
    expect(texts.length).toBeGreaterThan(300);
  });

  it('marks stand where the ticks say', () => {
    const lines = figures().flatMap(([, { charts }]) =>
      charts.flatMap((chart) => (chart.kind === 'lines' ? chart : [])),
    );
    expect(lines.length).toBeGreaterThan(4);
    for (const chart of lines) {
      const svg = drawChart(chart).text;
      const ticks = [...svg.matchAll(/class="tick across" x="([\d.]+)" y="[\d.]+">([\d.]+)</g)].map((of) =>
        of.slice(1).map(Number),
      );
      const [[px = 0, x = 0] = [], [qx = 0, at = 0] = []] = [ticks[0], ticks.at(-1)];
      if (at === x) continue;
      const drawn = [...svg.matchAll(/<circle class="mark" cx="([\d.]+)"/g)].map(
        ([, cx]) => x + ((Number(cx) - px) / (qx - px)) * (at - x),
      );
      const wanted = chart.series.flatMap(({ mark, weight, points }) =>
        mark || weight || points.length > 60 ? [] : points.map((point) => point.x),
      );
      expect(drawn.length).toBe(wanted.length);
      drawn.forEach((value, n) => expect(Math.abs(value - (wanted[n] ?? 0))).toBeLessThan((at - x) / 100));
    }
  });
});
