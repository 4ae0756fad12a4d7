import { type Html, html } from '../html.ts';
import { noPeople, type View } from '../view.ts';

/** Why nothing is known about networks that agree or disagree. */
export const twoModels = 'A group needs at least two networks to agree or disagree.';

/** Why a type of image is not known: too few networks, or too few labels. */
export function whyUndetermined(view: View, models: number): string {
  return models < 2 ? twoModels : noPeople(view);
}

/** Row heading: a target accuracy. */
export const targetHead = (target: string): Html =>
  html`<th scope="row"><data value="${target}">${target}</data>&nbsp;%</th>`;
