import type { Html } from '../html.ts';
import { intervalsExhibit } from '../../exhibits/intervals.ts';
import type { DrawnSection } from '../../exhibits/result-lists.ts';
import { peopleAlone, type View } from '../../exhibits/view.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { placed } from '../formats/placed.ts';
import { section } from '../frame.ts';

/** The core's sections that consist of tables and figures of its lists. */
export const drawnSections: readonly DrawnSection[] = [
  // How sure networks are, by type, and whether they should be.
  {
    section: 'softmax',
    id: 'softmax',
    name: 'Softmax',
    first: ['table-4', 'softmax-by-type'],
    needsNetworks: true,
  },
  // Whether networks are unsure where people are.
  { section: 'certainty', id: 'part-certainty', name: 'Certainty', first: ['entropy'], needsNetworks: true },
  // Who agrees with whom.
  {
    section: 'agreement',
    id: 'part-agreement',
    name: 'Agreement',
    first: ['agreement'],
  },
];

export function drawnSection(view: View, { section: of, id, name, first }: DrawnSection): Html {
  const { take, rest } = placed(view, of);
  return section(id, name, [take(...first), rest()]);
}

/** Targets against each other, and how sure the numbers are. */
export function comparisonSection(view: View): Html {
  return section('part-comparison', peopleAlone(view) ? 'Intervals' : 'Comparison and intervals', [
    placed(view, 'comparison').all(),
    exhibitTable(view, intervalsExhibit(view)),
  ]);
}
