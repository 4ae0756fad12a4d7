import { describe, expect, it } from 'vitest';
import { type Chart, type Figure, figureSchema, type PointsChart } from '../../main/contract/results/figure.ts';
import { wholeReport } from '../../main/contract/api/report.ts';
import { pairText, rowTexts, toAxis, valueText } from '../../main/domain/results/figures.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { reportAlongFigure } from '../../main/contributions/along/exhibits/pairs.ts';
import { reportView } from '../../main/exhibits/view.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { drawChart, drawFigure } from '../../main/reports/drawings/figure.ts';
import { html } from '../../main/reports/html.ts';
import { renderReport, renderView } from '../../main/reports/render.ts';
import { barCategories, lineSeries, scatterPoints } from '../../renderer/charts/figure.tsx';
import { drawsExhibit, drawsFigure } from '../../main/contributions/draws/exhibit.ts';
import { reportPart } from '../../main/contributions/teaching/outcomes/report.ts';
import { addedResults } from '../../main/services/results/contributed-results.ts';
import { alongAlone } from '../contributions/along/with-along.ts';
import { consistencyAlone } from '../contributions/consistency/with-consistency.ts';
import { subsamplingAlone } from '../contributions/subsampling/with-subsampling.ts';
import { sampleEffects } from '../contributions/effects/sample-effects.ts';
import { sampleTeaching } from '../contributions/teaching/sample-outcomes.ts';
import { figureMakers, namesOfFigures, sampleDraws } from './all-figures.ts';
import { frameOf, textOf } from './page.ts';
import { sampleData, type SampleOptions } from './sample.ts';

const added = addedResults(new Map([...alongAlone, ...consistencyAlone, ...subsamplingAlone]));

/** With results along alpha, of error consistency and of fewer raters. */
const sampleOf = (options: SampleOptions = {}): ReportData => sampleData({ ...options, added });

/** Three studies: of two targets with seed groups, without people, and with effects, teaching and anchor draws. */
const studies = [
  sampleOf({ targets: [97.5, 98], repeats: 2, networks: 3, pairs: 2 }),
  sampleOf({ labelers: 'none' }),
  withMore(sampleOf({ labelers: 'real' })),
].map((data) => reportView(data, wholeReport));

function withMore(data: ReportData): ReportData {
  const view = reportView(data, wholeReport);
  return {
    ...data,
    contributed: [
      {
        section: 'images',
        tables: [drawsExhibit([sampleDraws], view.paper)],
        figures: [drawsFigure(sampleDraws, view.paper, 1)],
      },
      ...sampleEffects(view),
      reportPart(view, [sampleTeaching()], []),
    ],
  };
}

/** Every figure of each study, with the name of what makes it. */
const figures = studies.flatMap((view, study) =>
  Object.entries(figureMakers).flatMap(([name, make]) =>
    make(view).map((figure): [name: string, figure: Figure] => [`${study}: ${name}, ${figure.id}`, figure]),
  ),
);

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
    case 'matrix':
      return chart.raters.flatMap((_, row) =>
        chart.raters.flatMap((__, column) => (row === column ? [] : pairText(chart, row, column))),
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
  it.each(figures)('%s says the same of every mark', (_, figure) => {
    expect(figureSchema.parse(figure)).toEqual(figure);
    for (const chart of figure.charts) {
      const svg = drawChart(chart).text;
      const titles = [...svg.matchAll(/<title>(.*?)<\/title>/g)].map(([, text = '']) => decoded(text));
      expect(titles.toSorted(), chart.title).toEqual(pageTexts(chart).toSorted());
      if (chart.kind === 'lines')
        expect(svg.match(/<path class="line"/g) ?? [], chart.title).toHaveLength(lineSeries(chart).length);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('is one of all that main/exhibits makes, each with a chart in one study at least', async () => {
    expect(await namesOfFigures()).toEqual(expect.arrayContaining(['typesFigure', 'agreementFigure']));
    const inOthers = ['softmaxFigure', 'entropyFigure'];
    const ofContributions = ['rarefactionFigures', 'reportAlongFigure', 'pairsFigure', 'allCurvesFigure'];
    const elsewhere = ['contributedFigures', ...ofContributions];
    const names = [...Object.keys(figureMakers).filter((name) => !elsewhere.includes(name)), ...inOthers];
    expect(names.toSorted()).toEqual((await namesOfFigures()).toSorted());
    for (const [name, make] of Object.entries(figureMakers)) {
      const charts = studies.flatMap((view) => make(view).flatMap((figure) => figure.charts));
      expect(charts.length, name).toBeGreaterThan(0);
    }
  });

  it('is compared wherever a report draws one', () => {
    const known = new Set(figures.map(([, { id }]) => id));
    for (const view of studies) {
      const drawn = [...renderView(view).matchAll(/<figure id="([^"]+)"[^>]*>(.*?)<\/figure>/gs)].flatMap(
        ([, id = '', body = '']) => (/<svg class="(chart|heat matrix)/.test(body) ? [id] : []),
      );
      expect(drawn.length).toBeGreaterThan(3);
      expect(drawn.filter((id) => !known.has(id))).toEqual([]);
    }
  });

  it('marks stand where the ticks say', () => {
    const lines = figures.flatMap(([, { charts }]) => charts.flatMap((chart) => (chart.kind === 'lines' ? chart : [])));
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

describe('a figure in a report', () => {
  const data = sampleOf({ targets: [97.5, 98], networks: 3, pairs: 2 });
  const page = renderReport(data);

  it('tells who cannot see its drawings which is which, and how many images each is of', () => {
    const labels = [...frameOf(page, 'entropy').matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label);
    expect(labels).toHaveLength(2);
    expect(labels[0]).toMatch(/^97\.5 %\. n = 22 images; .*A: only networks disagree: /);
    expect(labels[1]).toMatch(/^98 %\. n = 22 images; /);
    const files = reportBundle(data, { ...wholeReport, formats: ['html', 'svg'] });
    const svg = files.find(({ name }) => name === 'svg/along-alpha-1.svg');
    const { title = '' } = reportAlongFigure(reportView(data)).charts[0] ?? {};
    expect(Buffer.from(svg?.bytes ?? []).toString('utf8')).toContain(`<title>${title}. `);
  });

  it('says of how many images its only drawing is, and what its whiskers are', () => {
    const whole = renderReport(sampleOf({ targets: [97.5, 98], networks: 3 }));
    const types = textOf(frameOf(whole, 'types-figure'));
    expect(types).toMatch(/ n = 165 images 0/);
    expect(types).toContain('Networks disagree 95 % interval The paper');
    // Nothing explains what is not drawn.
    expect(textOf(frameOf(page, 'along-alpha'))).not.toContain('95 % interval');
  });
});

describe('very many points', () => {
  const many = Array.from({ length: 600 }, (_, at) => ({ x: at % 20, y: Math.floor(at / 300), name: `Draw ${at}` }));
  const chart: PointsChart = {
    kind: 'points',
    title: '',
    x: { title: 'x' },
    y: { title: 'y' },
    kinds: [
      { name: 'Draws', hue: 'soft', mark: 'circle', points: many },
      { name: 'This study', hue: 'ink', mark: 'triangle', points: [{ x: 3.21, y: 0, name: 'This study, 98 %' }] },
      {
        name: 'Images',
        hue: 'type_a',
        mark: 'square',
        points: [
          { x: 4, y: 1, count: 2, name: 'Images 7, 9', opens: { kind: 'images', images: [7, 9], title: '' } },
          {
            x: 4,
            y: 0,
            count: 40,
            name: 'Images',
            opens: { kind: 'which', group: null, which: { kind: 'exceptions' }, title: '' },
          },
        ],
      },
    ],
  };
  const { text } = drawChart(chart, (image, mark) => html`<a href="#${image}">${mark}</a>`);

  it('share marks by place, each kind for itself: another keeps its places, sizes and words', () => {
    expect(text.match(/<path class="hollow hue-soft"|<path class="mark hue-soft"/g)).toHaveLength(40);
    expect(text).toContain('<title>Draws: 15 points near 3 and 0</title>');
    expect(text).toContain('<title>This study, 98 %, This study: 3.21 and 0</title>');
    expect(text).not.toMatch(/hue-ink" transform="[^"]*scale/);
  });

  it('have areas by their number, and the figure says where this ends', () => {
    const scales = [...text.matchAll(/hue-(?:soft|type_a)" transform="translate\([^)]*\) scale\(([\d.]+)\)/g)];
    const known = [...new Set(scales.map(([, scale]) => Number(scale)))];
    expect(known).toEqual([1.5, 1.4, 4]);
    const whole: Figure = { id: 'f', title: 'F', people: false, charts: [chart], notes: [] };
    const view = reportView(sampleOf({ networks: 2, pairs: 1 }));
    const page = textOf(html`${drawFigure(view, whole)}`.text);
    expect(page).toContain('The largest marks stand for 16 or more.');
    expect(page).toContain('Draws: points at one place share a mark; its area grows with their number, up to 100.');
  });

  it('a mark of several images leads to the first of them', () => {
    expect(text).toMatch(/<a href="#7"><path class="mark hue-type_a"[^>]*><title>Images 7, 9/);
    expect(text.match(/<a /g)).toHaveLength(1);
  });
});
