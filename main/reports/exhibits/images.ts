import { alphaText } from '../layout.ts';
import { byNumber } from '../order.ts';
import { meaningOf, classOfCategory } from '../sections/badges.ts';
import { networkVotes, peopleVotes, votesText } from '../sections/labels.ts';
import { noPeople, peopleWord, type View } from '../view.ts';
import { type Exhibit, type ExhibitCell, orWhy } from './exhibit.ts';

const whyNoFlip =
  'The labels do not begin with one class of the pair and end with the other, so that there is no flip point.';

/** Flip points of people and networks, pair by pair. */
export function flipsExhibit(view: View): Exhibit {
  const pairs = view.data.analysis?.humans.alpha_star ?? {};
  const rows = view.groups.flatMap(({ target, group }) =>
    Object.entries(group.alpha_star.pairs)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([pair, flips]): ExhibitCell[] => {
        const people = pairs[pair];
        const why = people?.majority == null ? noPeople(view) : whyNoFlip;
        return [
          ...[Number(target), pair.includes('-') ? pair : [...pair].join('-')],
          orWhy(people?.majority?.alpha_star, why),
          orWhy(flips.majority?.alpha_star, whyNoFlip),
          orWhy(flips.delta_star, 'One of the two has no flip point.'),
          orWhy(people?.cross.alpha_cross, 'The shares of the two classes do not cross.'),
          orWhy(flips.cross.alpha_cross, 'The shares of the two classes do not cross.'),
          third(view, people?.majority?.third_labels),
          third(view, flips.majority?.third_labels),
        ];
      }),
  );
  return {
    ...{ id: 'flip-points', number: '', title: 'Where labels flip along alpha', people: true, rows },
    columns: [
      ...[{ name: 'Target %' }, { name: 'Pair' }],
      ...[view.people, 'Networks', 'Difference'].map((name) => ({ name, decimals: 3 })),
      ...[`${view.people}, shares cross`, 'Networks, softmax crosses'].map((name) => ({ name, decimals: 3 })),
      ...[`Third classes, ${peopleWord(view)}`, 'Third classes, networks'].map((name) => ({ name })),
    ],
    notes: [
      'Flip point: the middle between leaving the first class and arriving at the second, of the majority label. Difference: networks minus people. Third classes: most frequent labels on the way that are neither of the pair.',
    ],
  };
}

const third = (view: View, labels: readonly number[] | undefined): string =>
  labels === undefined || labels.length === 0 ? '' : labels.map((label) => view.long(label)).join(', ');

/** Every image: where it stands, what people and networks said, its type in each group. */
export function eachImageExhibit(view: View): Exhibit {
  const { items } = view.data.stimuli;
  const { humans } = view.data.analysis ?? {};
  const rows = items.map((item, at): ExhibitCell[] => [
    ...[
      item.id,
      item.pairI === null ? null : view.long(item.pairI),
      item.pairJ === null ? null : view.long(item.pairJ),
    ],
    item.alpha === null ? null : Number(alphaText(item.alpha)),
    votesText(view, peopleVotes(view, at)),
    orWhy(humans?.certainty_pct[at], noPeople(view)),
    ...view.groups.flatMap(({ target, group }): ExhibitCell[] => [
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
    stimuli.items.map(({ id }, at): ExhibitCell[] => [
      ...[name, id, map.category[at] ?? '', map.shade[at] ?? null, map.exception[at] ? 'yes' : ''],
    ]),
  );
  return {
    ...{ id: 'figure-4', number: 'Figure 4', title: 'Who disagrees, image by image', people: true, rows },
    columns: ['Networks', 'Image', 'Colour', 'Classes named', 'Exception'].map((name) => ({ name })),
    notes: ['Blue: only networks disagree; red: only people; white: both; gray: neither.'],
  };
}
