import { drawFigure } from '../drawings/figure.ts';
import { isForReading } from '../../exhibits/all.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { fewerNetworksExhibit, fewerPeopleExhibit, rarefied } from '../../exhibits/rarefaction.ts';
import { rarefactionFigures } from '../../exhibits/rarefaction-figure.ts';
import type { Content } from '../html.ts';
import type { View } from '../../exhibits/view.ts';

/** What fewer people, and fewer networks, would have shown: drawn, and as tables where these are short. */
export const fewerRaters = (view: View): Content => [
  rarefactionFigures(view, rarefied(view)).map((figure) => drawFigure(view, figure)),
  [fewerPeopleExhibit(view), fewerNetworksExhibit(view)].map(
    (exhibit) => exhibit.rows.length > 0 && isForReading(exhibit) && exhibitTable(view, exhibit),
  ),
];
