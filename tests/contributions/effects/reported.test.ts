import { describe, expect, it, test } from 'vitest';
import { countHumans } from '../../../main/analysis/raters/humans.ts';
import { noReference } from '../../../main/analysis/labels/labels.ts';
import type { RowsChart } from '../../../main/contract/results/figure.ts';
import type { Factor } from '../../../main/contributions/effects/analysis/factors.ts';
import { findOutcome } from '../../../main/contributions/effects/analysis/outcomes.ts';
import {
  type EffectData,
  type EffectQuestion,
  studyEffects,
} from '../../../main/contributions/effects/analysis/study.ts';
import { effectsPart, reportedEffects } from '../../../main/contributions/effects/exhibits/reported.ts';
import { figureReasons } from '../../../main/domain/results/figures.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { frameOf, textOf } from '../../reports/page.ts';
import { sampleData } from '../../reports/sample.ts';

test('an effect in a report says of which factor it is', () => {
  const factor = (key: string, ...values: string[]): Factor => ({
    key,
    title: key,
    with: [],
    within: false,
    scale: null,
    levels: values.map((value) => ({ value, text: value, x: null })),
  });
  const factors = [factor('Dropout', '0', '1'), factor('Depth', '0', '1')];
  const images = Array.from({ length: 4 }, (_, id) => ({ id, pairI: 0, pairJ: 1, alpha: id / 3 }));
  const data: EffectData = {
    factors,
    images,
    pairs: [],
    reference: noReference(4),
    labels: { raters: 2, images: 4, classes: 2, values: new Int16Array(8) },
    humans: countHumans({ raters: 0, images: 4, classes: 2, values: new Int16Array() }, { kind: 'single' }),
    right: { labels: new Int16Array(4), isTruth: true },
    readSoftmax: () => new Float32Array(8).fill(0.5),
    testAccuracy: () => 1,
    networks: [
      { name: '0', block: '0', levels: ['0', '0'] },
      { name: '1', block: '1', levels: ['1', '1'] },
    ],
    absent: [],
  };
  const titles = factors.map((of) => {
    const outcome = findOutcome('pairwise') ?? expect.fail('no such outcome');
    const question: EffectQuestion = {
      outcome,
      factor: of,
      reference: '0',
      second: null,
      people: 'fixed',
      m: 2,
      images: 'all',
    };
    return reportedEffects({ rehearsal: false }, { data, question, found: studyEffects(data, question) }).chart.title;
  });
  expect(titles).toEqual(['dropout', 'depth'].map((of) => `Two networks disagree, ${of}: difference from 0`));
});

describe('effects in a report', () => {
  const chart = (title: string, ...values: (number | null)[]): RowsChart => ({
    kind: 'rows',
    title,
    x: { title: 'Difference' },
    rowName: 'Level',
    valueName: 'Difference',
    intervalName: '95 % interval',
    lines: [],
    rows: values.map((value, at) => ({
      name: `level ${at}`,
      value,
      interval: value === null ? null : [value - 1, value + 1],
      wider: null,
      verdict: '',
      full: false,
      undefined: value === null ? 'No such network.' : null,
    })),
  });
  const pageOf = (...charts: RowsChart[]): string => {
    const effect = { outcome: 'o', unit: '%', wholeFactor: 'f', reference: 'r', networks: 2, rows: [], order: null };
    const effects = charts.map((each) => ({ ...effect, notes: [], chart: each }));
    const contributed = [effectsPart({ rehearsal: false }, effects, true)];
    return renderReport({ ...sampleData({ networks: 2, pairs: 1 }), contributed });
  };

  it('are drawn where any is known, also behind many that are not', () => {
    const empty = Array.from({ length: 24 }, (_, at) => chart(`none ${at}`, null));
    const figure = frameOf(pageOf(...empty, chart('known', 1), chart('also known', 2)), 'effects-figure');
    expect([...figure.matchAll(/<h3>([^<]*)/g)].map(([, title]) => title)).toEqual(['known', 'also known']);
    expect(pageOf(...empty)).not.toContain('effects-figure');
  });

  it('are left to the table where no difference has an interval, and counted', () => {
    const single = chart('single', 3);
    const marks = { ...single, rows: single.rows.map((row) => ({ ...row, interval: null })) };
    const figure = frameOf(pageOf(chart('known', 1), marks, marks), 'effects-figure');
    expect(figure).not.toContain('single');
    expect(textOf(figure)).toContain('no difference has an interval or there are many: 2 comparisons.');
  });

  it('say of which drawing a reason is', () => {
    const figure = textOf(frameOf(pageOf(chart('first', 1, null), chart('second', null, 2)), 'effects-figure'));
    expect(figure).toContain('“first”: level 1: No such network.');
    expect(figure).toContain('“second”: level 0: No such network.');
    // The page takes them from there, too.
    const reasons = (...charts: RowsChart[]) => figureReasons({ charts });
    expect(reasons(chart('first', 1, null), chart('second', null))).toEqual([
      ...['“first”: level 1: No such network.', '“second”: level 0: No such network.'],
    ]);
    expect(reasons(chart('only', null))).toEqual(['level 0: No such network.']);
  });
});
