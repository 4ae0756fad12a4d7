import { describe, expect, it } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { reportExhibits } from '../../../main/exhibits/all.ts';
import type { Cell, Exhibit } from '../../../main/contract/results/exhibit.ts';
import { isQuantity } from '../../../main/domain/results/exhibits.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { frameOf, textOf, valuesOf } from '../../reports/page.ts';
import { sampleData, type SampleOptions } from '../../reports/sample.ts';
import { withSubsampling } from './with-subsampling.ts';

const exhibitOf = (options: SampleOptions, id: string): Exhibit | undefined =>
  reportExhibits(reportView(withSubsampling(sampleData(options)), wholeReport)).find((each) => each.id === id);

const cellValue = (cell: Cell | undefined): number | null => (isQuantity(cell) ? cell.value : null);

describe('fewer raters in a report', () => {
  const data = withSubsampling(sampleData({ targets: [97.5, 98] }));

  it('end at what all raters say', () => {
    const { rows = [] } = exhibitOf({ targets: [97.5, 98] }, 'fewer-people') ?? {};
    const [a, b] = [data.analysis!.diverse['97.5']!.types!, data.analysis!.diverse['98']!.types!];
    expect(rows.map(([raters]) => raters)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const people = [a.human_disagree_pct, null, a.type_a_pct, a.type_c_pct, b.type_a_pct, b.type_c_pct];
    people.forEach((value, at) => {
      if (value !== null) expect(cellValue(rows.at(-1)?.[at + 1])).toBeCloseTo(value, 9);
    });
    const networks = exhibitOf({ targets: [97.5, 98] }, 'fewer-networks')?.rows ?? [];
    const whole = [a.nn_disagree_pct, a.type_a_pct, a.type_c_pct, b.nn_disagree_pct, b.type_a_pct, b.type_c_pct];
    whole.forEach((value, at) => expect(cellValue(networks.at(-1)?.[at + 1])).toBeCloseTo(value!, 9));
  });

  it('begin at what two of them say: the mean over pairs', () => {
    const { rows = [] } = exhibitOf({ targets: [97.5, 98] }, 'fewer-networks') ?? {};
    expect(cellValue(rows[0]?.[1])).toBeCloseTo(
      data.analysis!.diverse['97.5']!.table2.pairwise_disagreement_pct.mean!,
      9,
    );
  });

  it('have intervals for other anchors and pairs, and say so', () => {
    const exhibit = exhibitOf({ targets: [97.5, 98] }, 'fewer-networks');
    const intervals = exhibit?.rows.flatMap((row) =>
      row.slice(1).flatMap((cell) => (isQuantity(cell) ? cell.interval : [])),
    );
    const claims = new Set(intervals?.map((of) => of && `${of.claim} ${of.n} ${of.units}`));
    expect(claims).toEqual(new Set(['anchors 10 anchors']));
    expect(exhibit?.intervals).toMatch(
      /for other anchors and pairs of classes drawn in the same way, with these very networks/,
    );
  });

  it('are drawn, and say which raters are simulated', () => {
    const figure = frameOf(renderReport(data), 'fewer-people-figure');
    // Of each target, and classes an image.
    expect(figure.match(/<svg class="chart"/g)).toHaveLength(3);
    expect(textOf(figure)).toContain('only simulated labelers disagree');
    expect(figure).not.toContain('NaN');
  });

  it('are left out where nobody labeled, or one network is alone; the rest stays', () => {
    expect(exhibitOf({ labelers: 'none' }, 'fewer-people')).toBeUndefined();
    const alone = exhibitOf({ labelers: 'none' }, 'fewer-networks')?.rows.at(-1) ?? [];
    expect(cellValue(alone[1])).toBeTypeOf('number');
    expect(alone.slice(2)).toMatchObject(
      [1, 2].map(() => ({ value: null, undefined: 'Nobody has labeled these images yet.' })),
    );
    expect(exhibitOf({ networks: 1 }, 'fewer-networks')).toBeUndefined();
    const page = renderReport(withSubsampling(sampleData({ networks: 1, labelers: 'none' })));
    expect(page).not.toContain('fewer-networks-figure');
    expect(page).not.toContain('fewer-people-figure');
  });

  it('are of people alone where there is no network', () => {
    const page = renderReport(withSubsampling(sampleData({ targets: [], labelers: 'real' })));
    expect(valuesOf(frameOf(page, 'fewer-people'))).toContain(10);
    expect(page).not.toMatch(/id="fewer-networks|\bNaN\b|\[object /);
  });
});
