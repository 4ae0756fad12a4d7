import { isForReading } from '../../exhibits/all.ts';
import {
  teachingDifferencesExhibit,
  teachingOwnLabelsExhibit,
  teachingScoresExhibit,
} from '../../exhibits/teaching.ts';
import type { View } from '../../exhibits/view.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { placed } from '../formats/placed.ts';
import { section } from '../frame.ts';
import { type Html, html } from '../html.ts';

/** What networks learn from people's labels and from other targets. */
export function teachersSection(view: View): Html {
  const all = view.data.teaching ?? [];
  const own = teachingOwnLabelsExhibit(view, all);
  const tables = [teachingDifferencesExhibit(view, all), teachingScoresExhibit(view, all)];
  if (own.rows.length > 0) tables.push(own);
  return section('part-teachers', 'Teachers', [
    placed(view, 'teachers').rest(),
    ...tables.map((table) =>
      isForReading(table)
        ? exhibitTable(view, table)
        : html`<p>The table “${table.title}” with ${table.rows.length} rows is among the files of this report.</p>`,
    ),
  ]);
}
