import { expect, test } from 'vitest';
import { labelsOf } from '../../../main/analysis/labels/labels.ts';
import {
  fewerNetworksExhibit,
  fewerPeopleExhibit,
} from '../../../main/contributions/subsampling/exhibits/rarefaction.ts';
import { isQuantity } from '../../../main/domain/results/exhibits.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { exhibitLatex } from '../../../main/reports/formats/as-latex.ts';
import { withLabels } from '../../analysis/people.ts';
import { sampleData } from '../../reports/sample.ts';

test('shares of images to a tenth of a percent, each with its interval', () => {
  const data = sampleData({ networks: 2 });
  const view = reportView(data);
  const given = withLabels(data.labelers?.people);
  const raters = given.labelers.map((_, rater) => labelsOf(given.labels, rater));
  const images = data.stimuli.items.length;
  /** Percent of the images on which two raters differ, on average. */
  const share = (all: readonly ArrayLike<number | null>[]): number => {
    const pairs = all.flatMap((a, at) => all.slice(at + 1).map((b) => [a, b] as const));
    const differ = pairs.map(([a, b]) => Array.from(a).filter((label, image) => label !== b[image]).length);
    return (100 * differ.reduce((sum, n) => sum + n, 0)) / pairs.length / images;
  };
  const people = share(raters);
  const networks = share(data.predictions.map(({ labels }) => labels));
  for (const [exhibit, value] of [
    [fewerPeopleExhibit(view), people],
    [fewerNetworksExhibit(view), networks],
  ] as const) {
    const cell = exhibit.rows[0]?.[1];
    const { lo, hi } = (isQuantity(cell) && cell.interval) || expect.fail('no interval');
    const ends = [lo, hi].map((end) => (end ?? Number.NaN).toFixed(1)).join('$, $');
    expect(exhibitLatex(exhibit, false)).toContain(`$2$ & $${value.toFixed(1)}$ [$${ends}$]`);
  }
});
