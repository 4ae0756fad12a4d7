import { describe, expect, it } from 'vitest';
import { imageClasses } from '../../main/analysis/image-types.ts';
import type { Exhibit } from '../../main/contract/exhibit.ts';
import { exhibitSchema } from '../../main/contract/exhibit.ts';
import { flatTable, quantityAt } from '../../main/domain/exhibits.ts';
import { reportExhibits } from '../../main/exhibits/all.ts';
import { table1, table2, table3 } from '../../main/exhibits/paper-tables.ts';
import { type View, reportView } from '../../main/exhibits/view.ts';
import { reportQuartilesExhibit } from '../../main/exhibits/softmax.ts';
import { renderReport } from '../../main/reports/render.ts';
import { files } from '../reports/exhibit-files.ts';
import { frameOf, textOf } from '../reports/page.ts';
import { sampleData } from '../reports/sample.ts';

const data = sampleData({ targets: [97.5, 98], repeats: 2, labelers: 'real' });

/** Rows of a file as objects by column. */
function fileRows(exhibit: Exhibit): Record<string, unknown>[] {
  const { columns, rows } = flatTable(exhibit, false);
  return rows.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at]])));
}

describe('the paper’s values', () => {
  // A paper of three pairs, four networks at a target and six people.
  const paper = { ...data.paper!, pairs: ['0-1', '0-5', '0-9'], networks_per_target: 4, labelers: 6 };
  const other = { ...data, paper };
  const view = reportView(other);
  const ofPaper = (exhibit: Exhibit) => fileRows(exhibit).filter(({ Source }) => Source === 'paper');

  it('are of as many images, networks and people as the paper has', () => {
    expect(ofPaper(table1(view)).map(({ Networks, Images }) => [Networks, Images])).toEqual([
      [4, 33],
      [4, 33],
    ]);
    expect(ofPaper(table2(view)).map(({ Networks }) => Networks)).toEqual([4, 4, 6]);
    expect(ofPaper(table3(view)).map(({ Networks, Images }) => [Networks, Images])).toEqual([
      [4, 33],
      [4, 33],
    ]);
  });

  it('are what a study is compared with in words', () => {
    const page = textOf(renderReport(other));
    expect(page).toContain('9 networks at 97.5 %, not 4');
    expect(page).toContain('10 people, not 6');
  });
});

describe('an exhibit', () => {
  const view: View = reportView(data);

  it('is as its schema has it, each of a report', () => {
    const all = reportExhibits(view);
    expect(all.length).toBeGreaterThan(20);
    for (const exhibit of all) {
      expect(exhibitSchema.safeParse(exhibit).error, exhibit.id).toBeUndefined();
      for (const cells of exhibit.rows) expect(cells, exhibit.id).toHaveLength(exhibit.columns.length);
    }
  });

  it('has a number once: the page, CSV and JSON have the same value, interval and n', () => {
    const exhibit = table3(view);
    const [row] = fileRows(exhibit);
    const cell = quantityAt(exhibit, 0, 'type_a_pct')!;
    const { lo, hi } = data.analysis!.diverse['97.5']!.intervals!.type_a_pct!;
    expect(cell).toMatchObject({ value: data.analysis!.diverse['97.5']!.types!.type_a_pct, n: 165, of: 'images' });
    expect(row).toMatchObject({
      'Type A': cell.value,
      'Type A: n': 165,
      'Type A: n of what': 'images',
      'Type A: 95 % from': lo,
      'Type A: 95 % to': hi,
      'Type A: 95 % claim': 'a',
      'Type A: 95 % units': '10 anchors',
    });
    const page = frameOf(renderReport(data), 'table-3');
    expect(page).toContain(`<data value="${cell.value}">`);
    expect(page).toContain(`<data value="${lo}">`);
  });

  it('says which images its numbers count', () => {
    const { counts } = quantityAt(table2(view), 2, 'all_disagree_pct')!;
    expect(counts).toEqual({ group: null, which: { kind: 'people-disagree' } });
    expect(quantityAt(table3(view), 1, 'type_c_pct')!.counts).toEqual({
      group: { kind: 'diverse', target: 98 },
      which: { kind: 'type', type: 'type_c' },
    });
  });

  it('has quartiles of the largest softmax by target and type, in files and on the page', () => {
    const { rows, columns } = reportQuartilesExhibit(view);
    expect(columns.map(({ name }) => name)).toEqual([
      ...['Target %', 'Type', 'n', 'Least', '25 %', 'Median', '75 %', 'Largest'],
    ]);
    const counts = view.groups.flatMap(({ target, group }) =>
      imageClasses.flatMap((name) => (group.table4[name].n === 0 ? [] : [[Number(target), group.table4[name].n]])),
    );
    expect(rows.map(([target, , n]) => [target, n])).toEqual(counts);
    for (const row of rows) {
      const cuts = row.slice(3).map(Number);
      expect(cuts).toEqual(cuts.toSorted((a, b) => a - b));
      expect(cuts.at(-1)).toBeLessThanOrEqual(1);
    }
    const all = files(data);
    expect(all.get('csv/softmax-quartiles.csv')?.split('\n')[0]).toMatch(/^Target %,Type,n,Least,25 %,Median/);
    expect(all.get('json/softmax-quartiles.json')).toContain('"Quartiles of the largest softmax"');
    expect(all.get('latex/softmax-quartiles.tex')).toContain('Median');
    expect(textOf(frameOf(all.get('index.html') ?? '', 'softmax-quartiles'))).toContain('n, values Minimum');
  });
});
