import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { paperPairs } from '../../../main/domain/anchors/pair-design.ts';
import { type DrawnNumbers, drawsExhibit, drawsFigure } from '../../../main/contributions/draws/exhibit.ts';
import { parsePaperValues } from '../../../main/exhibits/parts/paper-values.ts';
import { exhibitLatex } from '../../../main/reports/formats/as-latex.ts';
import { repository } from '../../architecture/tools.ts';

const path = join(repository, 'resources', 'paper', 'values.json');
const paper = parsePaperValues(readFileSync(path, 'utf8'), path);
const measures = { pairwise_disagreement_pct: 5, any_differ_pct: 15, reference_differs_pct: 4 };

function drawn(networks: number, pairs: number, alphas: number, sameLayout: boolean): DrawnNumbers {
  return {
    task: {
      rule: 'clear',
      anchorDesign: { kind: 'one' },
      samples: 2000,
      searchSeed: 1,
      seed: 1,
      alphas,
      pairs: paperPairs.slice(0, pairs).map(([i, j]): [number, number] => [i, j]),
    },
    draws: [{ seed: 1, anchors: [], groups: [measures] }],
    groups: [{ target: 97.5, seeds: null, networks, own: { pairwise_disagreement_pct: 6, any_differ_pct: 16 } }],
    sameLayout,
  };
}

/** Where a kind of point of the second measure lies: `This study`, `The paper`; null: it has none. */
function placeOf(numbers: DrawnNumbers, kind: string): number | null {
  const chart = drawsFigure(numbers, paper, 1).charts[1];
  const points = chart?.kind === 'points' ? chart.kinds.find(({ name }) => name === kind)?.points : undefined;
  return points?.[0]?.x ?? null;
}

test.each([
  [9, 15, 11, 28.5],
  [3, 15, 11, null],
  [9, 10, 11, null],
  [9, 15, 5, null],
])('draws of %i networks on %i pairs at %i alphas: the paper is marked at %s', (networks, pairs, alphas, value) => {
  const numbers = drawn(networks, pairs, alphas, true);
  expect([placeOf(numbers, 'This study'), placeOf(numbers, 'The paper')]).toEqual([16, value]);
});

test('the range of draws is named so that nobody takes it for a confidence interval, on pages and in LaTeX', () => {
  const exhibit = drawsExhibit([drawn(9, 15, 11, true)], paper);
  const headings = exhibit.columns.map(({ name, heading = name }) => heading);
  expect(headings.slice(6, 9)).toEqual(['95 % of draws: from', 'Median', '95 % of draws: to']);
  expect(headings.slice(11)).toEqual([
    ...['Draws below this study, % of draws', 'Paper', 'Draws below the paper, % of draws'],
  ]);
  expect(exhibit.notes.join(' ')).toContain('not a confidence interval');
  expect(exhibitLatex(exhibit, false).replace(/\\\\|~| +/g, ' ')).toContain('of draws: from');
});

test('the study’s own set is marked only where it has the pairs and alphas of the draws', () => {
  const other = drawn(9, 15, 11, false);
  expect(placeOf(other, 'This study')).toBeNull();
  expect(JSON.stringify(drawsExhibit([other], paper).rows[0])).toContain(
    'The study’s own set has other pairs or alphas.',
  );
});
