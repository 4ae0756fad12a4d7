import { type ImageClass, imageClasses } from '../../analysis/outcomes/image-types.ts';
import type { Exhibit, Quantity } from '../../contract/results/exhibit.ts';
import { hasIntervals, quantityAt } from '../../domain/results/exhibits.ts';
import { table1 } from '../../exhibits/paper-tables.ts';
import { exhibitFrame } from '../formats/as-html.ts';
import { formatCount } from '../../domain/numbers/format.ts';
import { interval, paperNote, percent, Reasons } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { listsImages, type View } from '../../exhibits/view.ts';
import { typeBadge } from './badges.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

/** Table 1 as the 2 x 2 table that it is in the paper, one for each target. */
export function typesTable(view: View): Html {
  const exhibit = table1(view);
  const reasons = new Reasons();
  const blocks = view.groups.map((_, row) => block(view, exhibit, row, reasons));
  return exhibitFrame(view, exhibit, reasons, html`<div class="blocks">${blocks}</div>`);
}

function block(view: View, exhibit: Exhibit, row: number, reasons: Reasons): Html {
  const target = view.groups[row]?.target ?? '';
  const at = (key: string): Quantity | null => quantityAt(exhibit, row, key);
  const [determined, all] = [at('images')?.value ?? 0, view.images];
  const exceptions = at('exceptions')?.value ?? null;
  const cell = (name: ImageClass): Html =>
    html`<td class="type ${name}">
      ${typeBadge(name)} ${countHtml(view, `${name}-${target}`, at(name), at(`${name}_pct`), reasons, hasIntervals(exhibit))}
      ${name === 'both_agree' && exceptions !== null && html`<span class="exception">exceptions: <data value="${exceptions}">${exceptions}</data></span>`}
    </td>`;
  const [typeA, bothDisagree, bothAgree, typeC] = imageClasses.map(cell);
  return html`<table class="types">
    <caption>
      ${targetTitle(target)} · ${formatCount(at('networks')?.value ?? 0, 'network')} · ${determined === all || determined === 0 ? all : `${determined} of ${all}`} images${determined === all ? '' : ' with two labels or more'}
    </caption>
    <thead>
      <tr>
        <td></td>
        <th scope="col" class="people">${view.people} agree</th>
        <th scope="col" class="people">${view.people} disagree</th>
      </tr>
    </thead>
    <tbody>
      <tr>
        <th scope="row" class="networks">Networks disagree</th>
        ${typeA}${bothDisagree}
      </tr>
      <tr>
        <th scope="row" class="networks">Networks agree</th>
        ${bothAgree}${typeC}
      </tr>
    </tbody>
  </table>`;
}

/** Number of images of a type, which leads to their list; their share with its interval; and the same of the paper. */
function countHtml(
  view: View,
  list: string,
  images: Quantity | null,
  share: Quantity | null,
  reasons: Reasons,
  withIntervals: boolean,
): Content {
  const paper = images?.paper && share?.paper && paperNote(html`${images.paper.mean} · ${percent(share.paper.mean)}`);
  if (images?.value == null || share?.value == null) return [reasons.undefined(images?.undefined ?? ''), ' ', paper];
  const count = html`<b><data value="${images.value}">${images.value}</data></b>`;
  const linked = listsImages(view) && images.value > 0 ? html`<a href="#${list}">${count}</a>` : count;
  // As on the screen: where others of the table have one, a dash says why this one has none.
  const none = withIntervals && share.interval?.undefined;
  const beside = none ? html`<span class="interval">[${reasons.undefined(none)}]</span>` : interval(share.interval);
  return html`${linked} ${percent(share.value)} ${beside} ${paper}`;
}
