import { drawsExhibit } from '../../exhibits/draws.ts';
import type { View } from '../../exhibits/view.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { placed } from '../formats/placed.ts';
import { type Content, nothing } from '../html.ts';

/** How much one draw of anchors decides: drawn and as a table; nothing where no anchors were drawn. */
export function anchorDraws(view: View): Content {
  const { draws } = view.data;
  if (draws.length === 0) return nothing;
  return [placed(view, 'images').rest(), exhibitTable(view, drawsExhibit(draws, view.paper))];
}
