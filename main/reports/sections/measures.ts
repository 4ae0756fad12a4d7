import { allCurvesFigure } from '../../exhibits/along-figure.ts';
import {
  hasPeople,
  reportAlongFigure,
  reportEntropyFigure,
  reportReliabilityFigure,
  reportSoftmaxFigure,
  targetsOrPeople,
} from '../../exhibits/report-figures.ts';
import { reportQuartilesExhibit } from '../../exhibits/softmax.ts';
import { consistencyMatrix } from '../drawings/matrix.ts';
import { drawFigure } from '../drawings/figure.ts';
import { isForReading } from '../../exhibits/all.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { comparisonExhibit, intervalsExhibit } from '../../exhibits/comparison.ts';
import { reportCurveMeans, reportCurves, reportCurvesExhibit } from '../../exhibits/curves.ts';
import { flipDistancesExhibit, flipsExhibit } from '../../exhibits/flips.ts';
import { reportMultiplicity } from '../../exhibits/multiplicity.ts';
import {
  agreementExhibit,
  calibrationExhibit,
  certaintyExhibit,
  divergenceExhibit,
  errorReferenceNote,
} from '../../exhibits/measures.ts';
import { pooledExhibit } from '../../exhibits/kinds.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { frame, section } from '../frame.ts';
import { peopleAlone, type View } from '../../exhibits/view.ts';
import { table4 } from '../../exhibits/paper-tables.ts';
import { fewerRaters } from './rarefaction.ts';
import { targetTitle } from '../../domain/targets.ts';

/** A drawing under its own small title, or nothing where there is none. */
const block = (title: Content, drawing: Html | null): Html =>
  drawing === null
    ? nothing
    : html`<div class="map">
        <h3>${title}</h3>
        ${drawing}
      </div>`;

/** How sure networks are, by type, and whether they should be. */
export function softmaxSection(view: View): Html {
  return section('softmax', 'Softmax', [
    exhibitTable(view, table4(view)),
    hasPeople(view) && [
      drawFigure(view, reportSoftmaxFigure(view)),
      exhibitTable(view, reportQuartilesExhibit(view)),
      drawFigure(view, reportReliabilityFigure(view)),
    ],
    exhibitTable(view, calibrationExhibit(view)),
  ]);
}

/** Whether networks are unsure where people are. */
export function certaintySection(view: View): Html {
  return section('part-certainty', 'Certainty', [
    hasPeople(view) && drawFigure(view, reportEntropyFigure(view)),
    exhibitTable(view, certaintyExhibit(view)),
    exhibitTable(view, divergenceExhibit(view)),
  ]);
}

/** Where along each pair labels change. */
export function alongSection(view: View): Html {
  const distances = flipDistancesExhibit(view);
  return section('along', 'Along alpha', [
    drawFigure(view, reportAlongFigure(view)),
    distances.rows.length > 0 && exhibitTable(view, distances),
    exhibitTable(view, flipsExhibit(view)),
    curvesFigure(view),
  ]);
}

/** Psychometric curves: drawn, their means, and pair by pair. */
function curvesFigure(view: View): Content {
  const means = reportCurveMeans(view);
  if (means.rows.length === 0) return nothing;
  return [
    drawFigure(view, allCurvesFigure(view, reportCurves(view))),
    exhibitTable(view, means),
    exhibitTable(view, reportCurvesExhibit(view)),
  ];
}

/** Who agrees with whom. */
export function agreementSection(view: View): Html {
  const pooled = pooledExhibit(view);
  const multiplicity = reportMultiplicity(view);
  return section('part-agreement', 'Agreement', [
    exhibitTable(view, agreementExhibit(view)),
    pooled.rows.length > 0 && exhibitTable(view, pooled),
    multiplicity.table.rows.length > 0 && exhibitTable(view, multiplicity.table),
    drawFigure(view, multiplicity.deferralFigure),
    multiplicity.churn.rows.length > 0 && exhibitTable(view, multiplicity.churn),
    multiplicity.testImages.rows.length > 0 && exhibitTable(view, multiplicity.testImages),
    frame(view, {
      id: 'consistency-matrix',
      number: '',
      title: 'Error consistency, 100 κ',
      people: true,
      body: html`<div class="blocks">${targetsOrPeople(view).map((target) => block(target === null ? view.people : targetTitle(target), consistencyMatrix(view, target)))}</div>`,
      note: html`<p>100: they err on the same images; 0: as often as their accuracies alone make likely. –: undefined. ${errorReferenceNote(view)}</p>`,
    }),
    multiplicity.consistency.rows.length > 0 &&
      isForReading(multiplicity.consistency) &&
      exhibitTable(view, multiplicity.consistency),
    fewerRaters(view),
  ]);
}

/** Targets against each other, and how sure the numbers are. */
export function comparisonSection(view: View): Html {
  return section('part-comparison', peopleAlone(view) ? 'Intervals' : 'Comparison and intervals', [
    view.groups.length > 1 && exhibitTable(view, comparisonExhibit(view)),
    exhibitTable(view, intervalsExhibit(view)),
  ]);
}
