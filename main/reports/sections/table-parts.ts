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

/** Why nothing is known of a type: that no image is of it, or that types are not known. */
export const whyNoType = (view: View, models: number): string =>
  view.data.analysis?.meta.n_determined && models >= 2 ? 'No image is of this type.' : whyUndetermined(view, models);

/** Diverse networks of a target that are in no number: their runs never came close enough. */
export const missedAt = (view: View, target: string): number =>
  view.data.missed.filter((miss) => miss.repeat === null && miss.target === Number(target)).length;

/** Row heading: a target accuracy. */
export const targetHead = (target: string): Html =>
  html`<th scope="row"><data value="${target}">${target}</data>&nbsp;%</th>`;
