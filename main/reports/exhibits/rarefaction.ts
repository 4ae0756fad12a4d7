import type { Curve } from '../../analysis/rarefaction.ts';
import { rarefied } from '../rarefied.ts';
import { noPeople } from '../../exhibits/reasons.ts';
import { peopleWord } from '../../exhibits/study-numbers.ts';
import type { View } from '../view.ts';
import type { Cell, Exhibit } from '../../contract/exhibit.ts';
import { orWhy } from '../../exhibits/cells.ts';

const exactly =
  'Exact: the mean over all ways to choose so many of an image’s labels (Hurlbert 1971), over the images that have so many. One alone cannot disagree.';

/** From two raters on. */
const sizes = (raters: number): number[] => Array.from({ length: Math.max(0, raters - 1) }, (_, at) => at + 2);

const at = (curve: Curve | undefined, raters: number, why: string): Cell => orWhy(curve?.[raters - 1], why);

const share = (name: string) => ({ name, decimals: 1 });

/** What fewer people would have shown, the networks as they are. */
export function fewerPeopleExhibit(view: View): Exhibit {
  const { people, labelers, groups } = rarefied(view);
  const known = groups.filter((group) => group.people !== null);
  const why = 'No image has so many labels.';
  return {
    ...{ id: 'fewer-people', number: '', title: `With fewer ${peopleWord(view)}`, people: true },
    columns: [
      ...[{ name: view.people }, share('Do not all agree, %'), { name: 'Classes an image', decimals: 2 }],
      ...known.flatMap(({ target }) => [share(`Type A, ${target} %`), share(`Type C, ${target} %`)]),
    ],
    rows: sizes(labelers).map((raters) => [
      ...[raters, at(people?.disagree, raters, why), at(people?.distinct, raters, why)],
      ...known.flatMap((group) => [at(group.people?.a, raters, why), at(group.people?.c, raters, why)]),
    ]),
    notes: [exactly],
  };
}

/** What fewer networks would have shown, the people as they are. */
export function fewerNetworksExhibit(view: View): Exhibit {
  const { groups } = rarefied(view);
  const most = Math.max(0, ...groups.map(({ models }) => models));
  const cell = (curve: Curve, raters: number, models: number): Cell =>
    at(curve, raters, raters > models ? 'There are not so many networks.' : noPeople(view));
  return {
    ...{ id: 'fewer-networks', number: '', title: 'With fewer networks', people: true },
    columns: [
      { name: 'Networks' },
      ...groups.flatMap(({ target }) =>
        ['Do not all agree', 'Type A', 'Type C'].map((name) => share(`${name}, ${target} %`)),
      ),
    ],
    rows: sizes(most).map((raters) => [
      raters,
      ...groups.flatMap(({ models, networks: { disagree, a, c } }) =>
        [disagree, a, c].map((curve) => cell(curve, raters, models)),
      ),
    ]),
    notes: [`${exactly} All shares are percent of images; the other number is the target.`],
  };
}
