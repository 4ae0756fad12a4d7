import { isForReading } from '../../exhibits/all.ts';
import { fewerNetworksExhibit, fewerPeopleExhibit } from '../../exhibits/rarefaction.ts';
import type { Html } from '../html.ts';
import { intervalsExhibit } from '../../exhibits/intervals.ts';
import { peopleAlone, type View } from '../../exhibits/view.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { placed } from '../formats/placed.ts';
import { section } from '../frame.ts';

/** How sure networks are, by type, and whether they should be. */
export function softmaxSection(view: View): Html {
  const { take, rest } = placed(view, 'softmax');
  return section('softmax', 'Softmax', [
    take('table-4', 'softmax-by-type', 'softmax-quartiles', 'reliability'),
    rest(),
  ]);
}

/** Whether networks are unsure where people are. */
export function certaintySection(view: View): Html {
  const { take, rest } = placed(view, 'certainty');
  return section('part-certainty', 'Certainty', [take('entropy'), rest()]);
}

/** Where along each pair labels change. */
export function alongSection(view: View): Html {
  const { take, rest } = placed(view, 'along');
  return section('along', 'Along alpha', [
    take('along-alpha', 'flip-distances', 'flip-points', 'curves-figure', 'curve-means', 'curves'),
    rest(),
  ]);
}

/** Who agrees with whom. */
export function agreementSection(view: View): Html {
  const { take, rest } = placed(view, 'agreement');
  return section('part-agreement', 'Agreement', [
    take('agreement', 'pooled', 'consistency-matrix'),
    rest(),
    [fewerPeopleExhibit(view), fewerNetworksExhibit(view)].map(
      (exhibit) => exhibit.rows.length > 0 && isForReading(exhibit) && exhibitTable(view, exhibit),
    ),
  ]);
}

/** Targets against each other, and how sure the numbers are. */
export function comparisonSection(view: View): Html {
  return section('part-comparison', peopleAlone(view) ? 'Intervals' : 'Comparison and intervals', [
    placed(view, 'comparison').all(),
    exhibitTable(view, intervalsExhibit(view)),
  ]);
}
