import { groupTitles, onPage, table } from '../../exhibits/index.ts';
import type { Figure } from '../../contract/results/index.ts';
import type { StudyView } from '../../exhibits/parts/index.ts';
import type { ContributedResults } from '../../services/results/index.ts';
import { alongPart } from './analysis/part.ts';
import { alongCurves } from './contract.ts';
import { allCurvesFigure } from './exhibits/along-figure.ts';
import { studyCurveMeans, studyCurves, studyCurvesExhibit } from './exhibits/curves.ts';
import { flipDistancesExhibit, flipsExhibit } from './exhibits/flips.ts';
import { pairsFigure, reportAlongFigure } from './exhibits/pairs.ts';
import { sharesExhibit } from './exhibits/shares.ts';

/** A figure of the section in reports. */
const inReports = (make: (study: StudyView) => Figure) => ({ section: 'along' as const, make });

export default {
  questions: {},
  analysis: [alongPart],
  sections: [
    {
      section: 'along',
      id: 'along',
      name: 'Along alpha',
      first: ['along-alpha', 'flip-distances', 'flip-points', 'curves-figure', 'curve-means', 'curves'],
      // Nothing lies along alpha where no image has one.
      isShown: (study) => study.context().pairs.length > 0,
    },
  ],
  results: [
    { section: 'along', make: sharesExhibit, ofEachImage: 'along-alpha' },
    table('along', 'chosen', flipsExhibit),
    table('along', 'chosen', flipDistancesExhibit, groupTitles),
    table('along', 'chosen', studyCurvesExhibit),
    table('along', 'chosen', studyCurveMeans),
  ],
  figures: [
    inReports(reportAlongFigure),
    onPage('along', 'pairs', (study, { choice }) =>
      pairsFigure(study, alongCurves.find((curves) => curves === choice) ?? 'softmax'),
    ),
    inReports((study) => allCurvesFigure(study, studyCurves(study))),
  ],
} satisfies ContributedResults;
