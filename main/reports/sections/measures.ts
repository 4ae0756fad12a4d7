import { allCurvesFigure } from '../../exhibits/along-figure.ts';
import {
  reportAlongFigure,
  studyEntropyFigure,
  studyReliabilityFigure,
  studySoftmaxFigure,
  targetsOrPeople,
} from '../../exhibits/study-figures.ts';
import { consistencyMatrix } from '../drawings/matrix.ts';
import { drawFigure } from '../drawings/figure.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { placedTables } from '../formats/placed-tables.ts';
import { comparisonExhibit, intervalsExhibit } from '../../exhibits/comparison.ts';
import { studyCurves } from '../../exhibits/curves.ts';
import { flipsExhibit } from '../../exhibits/flips.ts';
import { studyMultiplicity } from '../../exhibits/multiplicity.ts';
import { agreementExhibit, errorReferenceNote } from '../../exhibits/measures.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { frame, section } from '../frame.ts';
import { peopleAlone, type View } from '../../exhibits/view.ts';
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
  const tables = placedTables(view, 'softmax');
  return section('softmax', 'Softmax', [
    tables.take('table-4'),
    view.determined > 0 && [
      drawFigure(view, studySoftmaxFigure(view)),
      tables.take('softmax-quartiles'),
      drawFigure(view, studyReliabilityFigure(view)),
    ],
    tables.rest(),
  ]);
}

/** Whether networks are unsure where people are. */
export function certaintySection(view: View): Html {
  return section('part-certainty', 'Certainty', [
    view.determined > 0 && drawFigure(view, studyEntropyFigure(view)),
    placedTables(view, 'certainty').rest(),
  ]);
}

/** Where along each pair labels change. */
export function alongSection(view: View): Html {
  const tables = placedTables(view, 'along');
  const curves = studyCurves(view);
  const hasCurves = curves.rows.length > 0 && curves.raters.length > 0;
  return section('along', 'Along alpha', [
    drawFigure(view, reportAlongFigure(view)),
    tables.take('flip-distances'),
    exhibitTable(view, flipsExhibit(view)),
    hasCurves && [drawFigure(view, allCurvesFigure(view, curves)), tables.take('curve-means'), tables.take('curves')],
    tables.rest(),
  ]);
}

/** Who agrees with whom. */
export function agreementSection(view: View): Html {
  const tables = placedTables(view, 'agreement');
  return section('part-agreement', 'Agreement', [
    exhibitTable(view, agreementExhibit(view)),
    tables.take('pooled'),
    tables.take('multiplicity'),
    drawFigure(view, studyMultiplicity(view).deferralFigure),
    tables.take('churn'),
    tables.take('test-images'),
    frame(view, {
      id: 'consistency-matrix',
      number: '',
      title: 'Error consistency, 100 κ',
      people: true,
      body: html`<div class="blocks">${targetsOrPeople(view).map((target) => block(target === null ? view.people : targetTitle(target), consistencyMatrix(view, target)))}</div>`,
      note: html`<p>100: they err on the same images; 0: as often as their accuracies alone make likely. –: undefined. ${errorReferenceNote(view)}</p>`,
    }),
    tables.rest(),
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
