import { describe, expect, it } from 'vitest';
import type { Exhibit } from '../../main/contract/results/exhibit.ts';
import { exhibitSchema } from '../../main/contract/results/exhibit.ts';
import { flatTable, isQuantity, quantityAt } from '../../main/domain/results/exhibits.ts';
import { reportExhibits } from '../../main/exhibits/all.ts';
import { intervalsExhibit } from '../../main/exhibits/intervals.ts';
import { eachImageExhibit } from '../../main/exhibits/images.ts';
import { agreementExhibit } from '../../main/exhibits/agreement.ts';
import { table1, table2, table3 } from '../../main/exhibits/paper-tables.ts';
import { type View, reportView } from '../../main/exhibits/view.ts';
import { count, noInterval, undefinedCell } from '../../main/exhibits/parts/cells.ts';
import { exhibitLatex } from '../../main/reports/formats/as-latex.ts';
import { exhibitTable } from '../../main/reports/formats/as-html.ts';
import { renderReport } from '../../main/reports/render.ts';
import { frameOf, textOf } from '../reports/page.ts';
import { sampleData } from '../reports/sample.ts';

const data = sampleData({ targets: [97.5, 98], repeats: 2, labelers: 'real' });

/** Rows of a file as objects by column. */
function fileRows(exhibit: Exhibit, further: 'as in files' | 'all' = 'as in files'): Record<string, unknown>[] {
  const { columns, rows } = flatTable(exhibit, false, further);
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

  it('says why a number has no interval where others of its column have one', () => {
    for (const exhibit of reportExhibits(view)) {
      exhibit.columns.forEach(({ name }, column) => {
        const numbers = exhibit.rows.map((cells) => cells[column] ?? null).filter(isQuantity);
        if (!numbers.some(({ interval }) => interval?.lo != null)) return;
        for (const { value, interval } of numbers) {
          if (value === null || interval?.lo != null) continue;
          expect(interval?.undefined, `${exhibit.id}, ${name}: ${value}`).toMatch(/\.$/);
        }
      });
    }
    const agreement = quantityAt(agreementExhibit(view), 1, 'krippendorff');
    expect(agreement?.interval?.undefined).toBe('Intervals of this measure are computed for people only.');
    const [people, networks] = fileRows(agreementExhibit(view), 'all');
    expect(people).toMatchObject({ 'Krippendorff’s α: 95 % claim': 'p', 'Krippendorff’s α: 95 % not defined': null });
    expect(networks).toMatchObject({ 'Krippendorff’s α: 95 % claim': null, 'Krippendorff’s α: 95 % units': null });
  });

  it('says for whom each interval holds: for whom the value is not, it does not say', () => {
    const rows = fileRows(intervalsExhibit(view));
    const claimOf = (statistic: RegExp) =>
      rows.find((row) => statistic.test(`${row.Of}: ${row.Statistic}`))?.['Holds for other anchors, with'];
    expect(claimOf(/^Networks, 97.5 %: Any networks differ/)).toBe('these networks');
    expect(claimOf(/^Networks, 97.5 %: A: only networks/)).toBe('these networks and people');
    expect(claimOf(/^People: Do not all agree/)).toBe('people like these');
  });

  it('lists each image with its anchors, where a class has several, and its true class, where it is known', () => {
    const images = (change: object): Exhibit => {
      const items = data.stimuli.items.map((item, at) => (at === 0 ? { ...item, ...change } : item));
      return eachImageExhibit(reportView({ ...data, stimuli: { ...data.stimuli, items } }));
    };
    expect(fileRows(images({}))[0]).not.toHaveProperty('First anchor');
    const [first, second] = fileRows(images({ anchorI: '2', anchorJ: 'b', truth: 3 }));
    expect(first).toMatchObject({ 'First anchor': '2', 'Second anchor': 'b', 'True class': view.long(3) });
    expect(second).toMatchObject({ 'First anchor': null, 'True class': null });
    const cells = images({ anchorI: '2', truth: 3 });
    for (const row of cells.rows) expect(row).toHaveLength(cells.columns.length);
  });

  it('marks reasons with numbers: letters say for whom an interval holds', () => {
    const exhibit: Exhibit = {
      id: 't',
      number: '',
      title: '',
      people: true,
      notes: [],
      columns: [{ name: 'Of' }, { name: 'x', decimals: 1, interval: true }],
      rows: [
        ['first', undefinedCell('Nobody labeled.')],
        ['second', count(5, { interval: noInterval('None is defined.') })],
        ['third', count(6, { interval: { ...noInterval(''), lo: 4, hi: 7, undefined: null } })],
      ],
    };
    const latex = exhibitLatex(exhibit, false);
    expect(latex).toContain('first & --$^{(1)}$ \\\\\nsecond & $5.0$ [--$^{(2)}$] \\\\');
    expect(latex).toContain('$^{(1)}$ Nobody labeled.\\\\ $^{(2)}$ None is defined.');
    const html = exhibitTable(view, { ...exhibit, intervals: 'No interval. None is defined.' }).text;
    expect(html).toContain('–<sup>(1)</sup>');
    expect(html).toContain('[<span class="undefined" title="None is defined.">–<sup>(2)</sup></span>]');
    expect(html).toContain('<li><sup>(2)</sup> None is defined.</li>');
    expect(html).toContain('<p>No interval.</p>');
    const without = { ...exhibit, rows: exhibit.rows.slice(0, 2), intervals: 'No interval. None is defined.' };
    const once = exhibitTable(view, without).text;
    expect(once).toContain('<p>No interval. None is defined.</p>');
    expect(once).not.toContain('[<span');
  });

  it('is as its schema has it, each of a report', () => {
    const all = reportExhibits(view);
    expect(all.length).toBeGreaterThan(14);
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
});
