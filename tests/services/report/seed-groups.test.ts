import { expect, it } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { textOf } from '../../reports/page.ts';
import { openDesk } from '../results/people.ts';
import { addSeedStudy } from '../results/seed-study.ts';

it('a report of chosen seed groups has those alone, as results number them', async () => {
  const { bench } = await openDesk();
  addSeedStudy(bench);
  const all = buildReport(bench, 'seeds');
  expect(all.notChosen).toEqual([]);
  const choice = { ...wholeReport, repeats: [1, 3], architectures: ['CNN'] };
  const data = buildReport(bench, 'seeds', choice);
  expect(new Set(data.models.map(({ repeat }) => repeat))).toEqual(new Set([null, 1, 3]));
  expect(Object.keys(data.analysis!.fig4)).toEqual(['CNN']);
  expect(Object.keys(data.analysis!.fig4.CNN!['97.5']!)).toEqual(['1', '3']);
  expect(data.analysis!.fig4.CNN!['97.5']!['3']).toEqual(all.analysis!.fig4.CNN!['97.5']!['3']);
  // What the second group missed is not missing here.
  expect(all.missed.map(({ repeat }) => repeat)).toContain(2);
  expect(data.missed).toEqual([]);
  const page = textOf(renderReport(data, choice));
  expect(page).toContain('networks of the architecture MLP; networks of the architecture ViT; seed group 2.');
  const none = buildReport(bench, 'seeds', { ...wholeReport, repeats: [] });
  expect(none.analysis!.fig2).toEqual({});
  expect(none.analysis!.diverse).toEqual(all.analysis!.diverse);
  expect(() => buildReport(bench, 'seeds', { ...wholeReport, repeats: [4] })).toThrow(
    expect.objectContaining({ code: 'report.unknown-group', remedy: 'Choose from: 1, 2, 3.' }),
  );
});
