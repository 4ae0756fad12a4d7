import { intervalMethod } from '../exhibits/intervals.ts';
import { type Html, html } from '../html.ts';
import { noPeople, type View } from '../view.ts';

/** Why nothing is known about networks that agree or disagree. */
export const twoModels = 'A group needs at least two networks to agree or disagree.';

/** Why a type of image is not known: too few networks, or too few labels. */
export function whyUndetermined(view: View, models: number): string {
  return models < 2 ? twoModels : noPeople(view);
}

/** How the intervals in brackets were made; nothing where there are none. */
export function intervalNote({ groups }: View): string {
  const found = groups.flatMap(({ group }) => group.intervals?.pair?.type_a_pct ?? []);
  const units = found.find(({ lo }) => lo !== null)?.units;
  return units === undefined ? '' : `In brackets: ${intervalMethod} Drawn: n = ${units} pairs of classes.`;
}

/** Row heading: a target accuracy. */
export const targetHead = (target: string): Html =>
  html`<th scope="row"><data value="${target}">${target}</data>&nbsp;%</th>`;
