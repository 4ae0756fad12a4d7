import { describe, expect, it } from 'vitest';
import { rarefyTypesTo } from '../../main/analysis/responses/response-counts.ts';
import { type LabelCounts, labelCounts, tallyCounts } from '../../main/analysis/labels/labels.ts';
import { wholeReport } from '../../main/contract/api/report.ts';
import type { Cell } from '../../main/contract/results/exhibit.ts';
import { isQuantity } from '../../main/domain/results/exhibits.ts';
import { reportExhibits } from '../../main/exhibits/all.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { reportView } from '../../main/exhibits/view.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { renderReport } from '../../main/reports/render.ts';
import { frameOf, textOf, valuesOf } from './page.ts';
import { sampleData } from './sample.ts';
import { labelMatrix } from '../analysis/people.ts';

function countsOf({ labelers }: ReportData): LabelCounts {
  const people = labelers?.people;
  return people?.kind === 'counts' ? people.counts : expect.fail('no counts');
}

const unknownWho = 'not who gave which';

describe('a report of people of whom only counts of labels are known', () => {
  const data = sampleData({ targets: [97.5, 98], labelers: 'counts' });
  const page = renderReport(data);
  const exhibits = new Map(reportExhibits(reportView(data)).map((exhibit) => [exhibit.id, exhibit]));
  const cells = (id: string, row: number): Cell[] => exhibits.get(id)?.rows[row] ?? [];
  const value = (cell: Cell | undefined): number | null => (isQuantity(cell) ? cell.value : null);

  it('says so in its methods and captions, and calls nobody by name', () => {
    const methods = textOf(page.slice(page.indexOf('<section id="methods"')));
    expect(methods).toContain('how many people gave each label (14 an image; 2,310 labels in all), not who gave which');
    expect(textOf(frameOf(page, 'table-3'))).toContain('n = 14 labels an image, as counts; 9 networks');
    expect(page).not.toMatch(/\bNaN\b|\[object |id="labeler-pairs"|0 labelers/);
  });

  it('has the shares of single labels, and what needs to know who gave which is undefined with the reason', () => {
    const { types } = data.analysis!.diverse['97.5']!;
    expect(valuesOf(frameOf(page, 'table-3'))).toEqual(expect.arrayContaining([types!.type_a_pct, types!.type_c_pct]));
    const [, labels, alpha, , cohen, same] = cells('agreement', 0);
    expect([labels, value(alpha)]).toEqual(['14 an image', data.analysis!.humans.krippendorff_alpha]);
    for (const cell of [cohen, same, cells('agreement', 2)[5]])
      expect(cell).toMatchObject({ value: null, undefined: expect.stringContaining(unknownWho) });
  });

  it('has types as ten people would have given them, beside all', () => {
    const networks = data.predictions.filter(({ target, repeat }) => target === 98 && repeat === null);
    const votes = tallyCounts(
      labelCounts(
        labelMatrix(
          networks.map(({ labels }) => labels),
          10,
        ),
      ),
    );
    const members = networks.map((_, at) => at);
    const found = rarefyTypesTo(countsOf(data), { members, votes }, 10);
    const { types, intervals, types_at: ten } = data.analysis!.diverse['98']!;
    expect(cells('types-at', 2)[3]).toMatchObject({
      interval: { lo: ten!.intervals!.type_a_pct!.lo, claim: 'anchors' },
    });
    expect(cells('types-at', 2).slice(0, 3)).toEqual([98, '10 people', 165]);
    const shown = ['type_a_pct', 'both_disagree_pct', 'both_agree_pct', 'exception_pct', 'type_c_pct'] as const;
    expect(cells('types-at', 2).slice(3).map(value)).toEqual(shown.map((name) => expect.closeTo(found[name]!, 9)));
    expect(cells('types-at', 3)[1]).toBe('all: 14 an image');
    expect(cells('types-at', 3)[3]).toMatchObject({
      value: types!.type_a_pct,
      interval: { lo: intervals!.type_a_pct!.lo },
    });
    expect(frameOf(page, 'types-at')).toContain('if 10 people had been asked');
    const asking = (asked: number): string =>
      renderReport(sampleData({ targets: [98], labelers: 'counts', asked }), { ...wholeReport, asked });
    expect(frameOf(asking(4), 'types-at')).toContain('if 4 people had been asked');
    expect(asking(14)).not.toContain('id="types-at"');
  });

  it('has the counts in a file that can be analyzed again, and no file of persons', () => {
    const files = new Map(reportBundle(data, wholeReport).map(({ name, bytes }) => [name, bytes]));
    const [header, first] = Buffer.from(files.get('counts.csv')!).toString().split('\n');
    expect(header).toBe(`image,${Array.from({ length: 10 }, (_, k) => `count_${k}`).join()}`);
    expect(first).toBe([0, ...countsOf(data).counts.subarray(0, 10)].join());
    expect([...files.keys()].filter((name) => /humans|labeler-pairs/.test(name))).toEqual([]);
  });
});

it('a report of ten people has neither types at ten nor an average person', () => {
  const ids = reportExhibits(reportView(sampleData({ labelers: 'real' }))).map(({ id }) => id);
  expect(ids.filter((id) => ['types-at', 'pooled'].includes(id))).toEqual([]);
});
