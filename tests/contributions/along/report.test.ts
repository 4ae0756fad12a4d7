import { groupAlong, peopleAlong } from '../../../main/contributions/along/analysis/part.ts';
import { describe, expect, it } from 'vitest';
import { labelAt } from '../../../main/analysis/labels/labels.ts';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { reportExhibits } from '../../../main/exhibits/all.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { reportBundle } from '../../../main/reports/bundle.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { withLabels } from '../../analysis/people.ts';
import { cellsOf, files, labeled, rowsOf } from '../../reports/exhibit-files.ts';
import { frameOf, textOf, valuesOf } from '../../reports/page.ts';
import { sampleWithAlong } from './with-along.ts';

describe('flip points', () => {
  const data = sampleWithAlong({ targets: [97.5, 98], labelers: 'real' });

  it('stand with their spread over individuals, crossings with their own interval, and how far networks are off', () => {
    const csv = files(data).get('csv/flip-points.csv') ?? '';
    const rows = rowsOf(csv.replaceAll(/"Networks, ([\d.]+ %)"/g, '$1'));
    expect(rows).toHaveLength(3 * 15);
    expect(new Set(rows.map((row) => row.Who))).toEqual(new Set(['people', '97.5 %', '98 %']));
    for (const row of rows) {
      const pair = (row.Pair ?? '').replace(' to ', '');
      const group = data.analysis!.diverse[(row.Who ?? '').replace(' %', '')];
      const networks = group && groupAlong(group).alpha_star.pairs[pair];
      const raters = networks ?? peopleAlong(data.analysis!.humans).alpha_star[pair];
      const shown = (value: number | null | undefined): string => (value == null ? '' : String(value));
      expect(row['alpha*']).toBe(shown(raters?.majority?.alpha_star));
      expect(row['alpha* one by one']).toBe(shown(raters?.individuals?.mean));
      expect(row['alpha* one by one: std']).toBe(shown(raters?.individuals?.std));
      if (raters?.individuals?.n) expect(row['alpha* one by one: n']).toBe(String(raters.individuals.n));
      expect(row['shares cross']).toBe(shown(raters?.cross.alpha_cross));
      expect(row['delta alpha*']).toBe(shown(networks?.delta_star));
      expect(row['delta crossing']).toBe(shown(networks?.delta_cross));
      const distance = networks?.delta_cross == null ? null : Math.abs(networks.delta_cross);
      expect(row['|delta crossing|']).toBe(shown(distance));
      if (row['shares cross'] !== '')
        expect(Number(row['shares cross: from'])).toBeLessThanOrEqual(Number(row['shares cross: to']));
    }
    expect(rows.some((row) => row['shares cross: from'] !== row['shares cross: to'])).toBe(true);
  });

  it('are summed up over pairs, with n', () => {
    const page = frameOf(renderReport(data), 'flip-distances');
    const { abs_delta_star: star, abs_delta_cross: cross } = groupAlong(data.analysis!.diverse['98']!).alpha_star;
    expect(valuesOf(page)).toEqual(expect.arrayContaining([star.mean, star.std, cross.mean, cross.std]));
    expect(textOf(page)).toContain(`n = ${cross.n}`);
  });

  it('show what is only for computing in no table for reading', () => {
    const all = files(data);
    expect(all.get('csv/flip-points.csv')).toContain('alpha out');
    expect(textOf(frameOf(all.get('index.html') ?? '', 'flip-points'))).not.toContain('alpha out');
    expect(all.get('json/flip-points.json')).toContain('"hi":');
  });

  it('of people of whom only counts are known are not one by one, with the reason', () => {
    const data = sampleWithAlong({ targets: [97.5, 98], labelers: 'counts' });
    const flips = reportExhibits(reportView(data)).find(({ id }) => id === 'flip-points')!;
    const alone = flips.columns.findIndex(({ key }) => key === 'alone');
    expect(flips.rows[0]?.[alone]).toMatchObject({ undefined: expect.stringContaining('not who gave which') });
  });

  it('say that nobody labeled where nobody has, and nothing else', () => {
    const page = renderReport(sampleWithAlong({ labelers: 'none' }));
    const words = ['flip-points', 'flip-distances'].map((id) => textOf(frameOf(page, id))).join(' ');
    expect(words).toContain('Nobody has labeled these images yet.');
    expect(words).not.toContain('shares of the two classes do not cross');
  });

  it('are not that nobody labeled together where all gave the same label', () => {
    const page = renderReport(labeled(data, 3, () => 4));
    expect(textOf(frameOf(page, 'flip-points'))).not.toContain('No image was labeled by at least two');
  });

  it('and curves are of people alone where there is no network', () => {
    const data = sampleWithAlong({ targets: [], labelers: 'real' });
    const page = renderReport(data);
    expect(frameOf(page, 'along-alpha').match(/<svg class="chart"/g)).toHaveLength(15);
    expect(frameOf(page, 'along-alpha')).not.toContain('networks');
    const flips = frameOf(page, 'flip-points');
    const known = Object.values(peopleAlong(data.analysis!.humans).alpha_star).flatMap(
      ({ majority }) => majority?.alpha_star ?? [],
    );
    expect(valuesOf(flips)).toEqual(expect.arrayContaining(known));
    expect(flips).not.toContain('Networks');
    expect(page).not.toMatch(/id="flip-distances"|\bNaN\b|\[object /);
    const names = reportBundle(data, wholeReport).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['csv/flip-points.csv', 'svg/along-alpha-15.svg']));
    expect(renderReport(sampleWithAlong({ targets: [], labelers: 'none' }))).not.toContain('id="along-alpha"');
  });
});

describe('shares along alpha', () => {
  const data = sampleWithAlong({ targets: [97.5, 98], repeats: 1, labelers: 'real' });

  it('are of the labels, votes and softmax of each image', () => {
    const rows = cellsOf(files(data), 'along-alpha');
    expect(rows).toHaveLength(2 * 165);
    const row = rows.find((each) => each['Target %'] === 98 && each.Image === 37)!;
    const { pairI, pairJ, alpha } = data.stimuli.items[37]!;
    expect(row).toMatchObject({ 'First class': String(pairI), 'Second class': String(pairJ), Alpha: alpha });
    const { labelers, labels: given } = withLabels(data.labelers?.people);
    const labels = labelers.map((_, labeler) => labelAt(given, labeler, 37));
    expect(row['Labels of people: second']).toBe(labels.filter((label) => label === pairJ).length / 10);
    const members = data.predictions.filter(({ target, repeat }) => target === 98 && repeat === null);
    const votes = members.filter((member) => member.labels[37] === pairI).length / 9;
    expect(row['Votes of networks: first']).toBeCloseTo(votes, 12);
    const softmax = members.reduce((sum, member) => sum + member.softmax[370 + pairJ!]!, 0) / 9;
    expect(row['Mean softmax: second']).toBeCloseTo(softmax, 12);
  });

  it('and their section are in no report without this contribution, though its choice names them', () => {
    const { added: _, ...without } = data;
    expect(wholeReport.sections).toContain('along');
    expect(renderReport(data)).toContain('<a href="#along">Along alpha</a>');
    expect(renderReport(without)).not.toMatch(/id="along|href="#along/);
    expect([...files(without).keys()].filter((name) => /along|flip|curve/.test(name))).toEqual([]);
  });

  it('are left out of a report without their section', () => {
    const sections = wholeReport.sections.filter((section) => section !== 'along');
    const left = [...files(data, { ...wholeReport, sections }).keys()];
    expect(left.filter((name) => /along|flip|curve/.test(name))).toEqual([]);
  });
});
