import { agreementFigure } from '../../exhibits/agreement.ts';
import { allCurvesFigure } from '../../exhibits/along-figure.ts';
import {
  reportAlongFigure,
  studyEntropyFigure,
  studyReliabilityFigure,
  studySoftmaxFigure,
} from '../../exhibits/study-figures.ts';
import { drawFigure } from '../drawings/figure.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { placedTables } from '../formats/placed-tables.ts';
import { comparisonExhibit, intervalsExhibit } from '../../exhibits/comparison.ts';
import { studyCurves } from '../../exhibits/curves.ts';
import { studyMultiplicity } from '../../exhibits/multiplicity.ts';
import { inWords } from '../../exhibits/study-numbers.ts';
import type { Html } from '../html.ts';
import { section } from '../frame.ts';
import { peopleAlone, type View } from '../../exhibits/view.ts';
import { fewerRaters } from './rarefaction.ts';

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
    tables.take('flip-points'),
    hasCurves && [drawFigure(view, allCurvesFigure(view, curves)), tables.take('curve-means'), tables.take('curves')],
    tables.rest(),
  ]);
}

/** More raters than these are a list, not a picture. */
const mostRaters = 40;

/** Which of the report's own files have every pair; nothing where it has no such files. */
function whereEveryPair({ choice, people, humans, groups }: View): string[] {
  const formats = (['csv', 'json'] as const).filter((of) => choice.formats.includes(of)).map((of) => of.toUpperCase());
  const files = [
    ...(groups.length > 0 ? ['pairs with networks in error-consistency'] : []),
    ...((humans?.cohen?.pairs.length ?? 0) > 0 ? [`every two ${people.toLowerCase()} in labeler-pairs`] : []),
  ];
  return formats.length === 0
    ? []
    : [`Numbers of all pairs are in the ${inWords(formats)} files: ${files.join(', ')}.`];
}

/** Who agrees with whom. */
export function agreementSection(view: View): Html {
  const tables = placedTables(view, 'agreement');
  const matrices = agreementFigure(view, 'errors', mostRaters);
  const files = matrices.charts.some((chart) => chart.kind === 'matrix' && chart.undefined !== undefined);
  return section('part-agreement', 'Agreement', [
    tables.take('agreement'),
    tables.take('pooled'),
    tables.take('multiplicity'),
    drawFigure(view, studyMultiplicity(view).deferralFigure),
    tables.take('churn'),
    tables.take('test-images'),
    drawFigure(view, { ...matrices, notes: [...matrices.notes, ...(files ? whereEveryPair(view) : [])] }),
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
