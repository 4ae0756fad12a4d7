import { alphaText } from '../layout.ts';
import { byNumber } from '../order.ts';
import { meaningOf, classOfCategory } from '../sections/badges.ts';
import { networkVotes, peopleVotes, votesText } from '../sections/labels.ts';
import { noPeople } from '../../exhibits/reasons.ts';
import { named, peopleWord } from '../../exhibits/study-numbers.ts';
import type { View } from '../view.ts';
import type { Cell, Exhibit } from '../../contract/exhibit.ts';
import { orWhy } from '../../exhibits/cells.ts';

/** Every image: where it stands, what people and networks said, its type in each group. */
export function eachImageExhibit(view: View): Exhibit {
  const { items } = view.data.stimuli;
  const { humans } = view.data.analysis ?? {};
  const rows = items.map((item, at): Cell[] => [
    ...[
      item.id,
      item.pairI === null ? null : view.long(item.pairI),
      item.pairJ === null ? null : view.long(item.pairJ),
    ],
    item.alpha === null ? null : Number(alphaText(item.alpha)),
    votesText(view, peopleVotes(view, at)),
    orWhy(humans?.certainty_pct[at], noPeople(view)),
    ...view.groups.flatMap(({ target, group }): Cell[] => [
      votesText(view, networkVotes(view, target, at)),
      meaningOf(classOfCategory(group.fig4.category[at])) + (group.fig4.exception[at] ? ', exception' : ''),
    ]),
  ]);
  return {
    ...{ id: 'each-image', number: '', title: 'Each image, and what was said of it', people: true, rows },
    columns: [
      ...[{ name: 'Image' }, { name: 'First class' }, { name: 'Second class' }, { name: 'Alpha' }],
      ...[{ name: view.people }, { name: `Certainty of ${peopleWord(view)}, %`, decimals: 0 }],
      ...view.groups.flatMap(({ target }) => [{ name: `Networks, ${target} %` }, { name: `Type, ${target} %` }]),
    ],
    notes: ['Behind each class, how many named it.'],
  };
}

/** Figure 4 of every group as a table: category and shade of each image. */
export function figure4Exhibit(view: View): Exhibit {
  const { analysis, stimuli } = view.data;
  const maps = [
    ...view.groups.map(({ target, group }) => ({ name: `diverse ${target}`, map: group.fig4 })),
    ...Object.entries(analysis?.fig4 ?? {}).flatMap(([architecture, targets]) =>
      byNumber(targets).flatMap(([target, repeats]) =>
        byNumber(repeats).map(([repeat, map]) => ({ name: `${architecture} ${target} repeat ${repeat}`, map })),
      ),
    ),
  ];
  const rows = maps.flatMap(({ name, map }) =>
    stimuli.items.map(({ id }, at): Cell[] => [
      ...[name, id, map.category[at] ?? '', map.shade[at] ?? null, map.exception[at] ? 'yes' : ''],
    ]),
  );
  return {
    ...{ id: 'figure-4', number: 'Figure 4', title: 'Who disagrees, image by image', people: true, rows },
    columns: ['Networks', 'Image', 'Colour', 'Classes named', 'Exception'].map((name) => ({ name })),
    notes: [named(view, 'Blue: only networks disagree; red: only people; white: both; gray: neither.')],
  };
}
