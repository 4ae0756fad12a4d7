import type { Exhibit } from '../../contract/results/index.ts';
import { figure, table } from '../../exhibits/index.ts';
import type { ContributedResults } from '../../services/results/index.ts';
import { divergenceExhibit } from './exhibits/divergence.ts';
import { softmaxQuartilesExhibit } from './exhibits/quartiles.ts';
import { reliabilityExhibit } from './exhibits/reliability.ts';
import { studyReliabilityFigure } from './exhibits/reliability-figure.ts';
import { calibrationExhibit } from './exhibits/scores.ts';

/** The exhibit of one group, without the column of its target. */
const withoutTarget = ({ columns, rows, ...exhibit }: Exhibit): Exhibit => ({
  ...exhibit,
  columns: columns.slice(1),
  rows: rows.map((cells) => cells.slice(1)),
});

/** Without scores that no image has: a screen says so once. */
const withScores = (exhibit: Exhibit): Exhibit => ({
  ...exhibit,
  rows: exhibit.rows.filter(([, , images]) => images !== 0),
});

export default {
  questions: {},
  results: [
    {
      ...table('softmax', 'chosen', softmaxQuartilesExhibit, withoutTarget),
      after: 'softmax-by-type',
      drawnAfter: 'softmax-by-type',
    },
    // The figure shows it.
    { section: 'softmax', make: reliabilityExhibit, ownForm: true, after: 'softmax-quartiles' },
    {
      ...table('softmax', 'chosen', calibrationExhibit, (exhibit) => withoutTarget(withScores(exhibit))),
      after: 'reliability',
    },
    { ...table('certainty', 'chosen', divergenceExhibit, withoutTarget), after: 'certainty' },
  ],
  figures: [{ ...figure('softmax', 'chosen', studyReliabilityFigure), drawnAfter: 'softmax-by-type' }],
} satisfies ContributedResults;
