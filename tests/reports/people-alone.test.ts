import { describe, expect, it } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { renderReport } from '../../main/reports/render.ts';
import { frameOf, textOf, valuesOf } from './page.ts';
import { sampleData } from './sample.ts';

describe('a report of people alone', () => {
  const data = sampleData({ targets: [], labelers: 'real' });
  const page = renderReport(data);
  const { humans } = data.analysis!;

  it('says in a sentence what people do', () => {
    const found = page.slice(page.indexOf('<section id="found"'), page.indexOf('<section id="stimuli"'));
    const disagree = humans.status.filter((status) => status === 'disagree').length;
    expect(textOf(found)).toContain(`${disagree} of 165`);
    expect(textOf(found)).toContain('No network has predicted the stimuli yet');
    for (const value of [humans.pairwise_disagreement_pct.mean, humans.krippendorff_alpha])
      expect(valuesOf(found)).toContain(value);
    expect(textOf(found)).not.toContain('There are no networks to compare');
  });

  it('has agreement and intervals of people', () => {
    expect(valuesOf(frameOf(page, 'agreement'))).toContain(humans.fleiss_kappa);
    expect(textOf(frameOf(page, 'intervals'))).toContain('Do not all agree, %');
    expect(page).not.toMatch(/\bNaN\b|\[object /);
  });

  it('has the same in its files, and nothing of networks', () => {
    const names = reportBundle(data, wholeReport).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['csv/agreement.csv', 'csv/intervals.csv']));
    expect(names).not.toContain('csv/table-1.csv');
  });

  it('has none of it where nobody has labeled either', () => {
    const nothing = renderReport(sampleData({ targets: [], labelers: 'none' }));
    expect(nothing).toContain('There are no diverse networks to compare at any target yet.');
    expect(nothing).not.toMatch(/id="agreement"|id="intervals"/);
  });
});

describe('a report whose choice leaves no network', () => {
  const data = sampleData({ targets: [97.5], repeats: 1, labelers: 'real' });
  const without = { ...data, recipes: [], models: [], predictions: [], analysis: sampleData({ targets: [] }).analysis };
  const notChosen = ['networks of the architecture CNN'];
  const falsehoods =
    /No network has predicted|at any target yet|has been trained yet|has been run yet|study has no seed groups/;

  it.each([
    ['targets', renderReport(data, { ...wholeReport, targets: [] })],
    ['architectures', renderReport({ ...without, runs: [], notChosen })],
    ['architectures, and nobody has labeled', renderReport({ ...without, labelers: null, runs: [], notChosen })],
  ])('says that none of the chosen has answered, not that none of the study has: %s', (_of, page) => {
    expect(textOf(page)).toContain('None of the chosen networks has predicted the stimuli');
    expect(textOf(page)).toContain('Not in this report, though in the study:');
    expect(textOf(page)).not.toMatch(falsehoods);
  });

  it('says that those chosen are not diverse', () => {
    const { repeat } = data.models.at(-1)!;
    const ofSeeds = data.predictions.filter((of) => of.repeat === repeat);
    const page = textOf(renderReport({ ...without, predictions: ofSeeds, notChosen }));
    expect(page).toContain('None of the chosen networks is one of the diverse');
    expect(page).not.toMatch(falsehoods);
  });
});
