import { at } from '../domain/numbers/arrays.ts';
import { formatAlpha, formatVote, peopleWord } from '../domain/numbers/format.ts';
import { whyNotOfKind } from '../domain/results/response-kinds.ts';
import { byNumber, type View } from './view.ts';
import { classMeaning, classOfCategory, named } from './parts/study-numbers.ts';
import { noPeople } from './parts/reasons.ts';
import type { Cell, Exhibit } from '../contract/results/exhibit.ts';
import { orWhy } from './parts/cells.ts';
import { hasAnchors, hasTruth, isPlaced } from '../domain/stimuli/stimulus-set.ts';
import { imageCounts } from '../analysis/labels/labels.ts';
import { targetTitle, targetOfKey } from '../domain/numbers/targets.ts';

/** Every image: where it stands, what people and networks said, its type in each group. */
export function eachImageExhibit(view: View): Exhibit {
  const { items } = view.data.stimuli;
  const { humans } = view.data.analysis ?? {};
  const [anchored, withTruth, placed] = [hasAnchors(items), hasTruth(items), items.some(isPlaced)];
  const className = (k: number | null | undefined): Cell => (k == null ? null : view.long(k));
  const added = (view.data.added?.imageColumns ?? []).flatMap((make) => make(view));
  const rows = items.map((item, at): Cell[] => [
    item.id,
    ...(placed ? [className(item.pairI), className(item.pairJ)] : []),
    ...(placed ? [item.alpha === null ? null : Number(formatAlpha(item.alpha))] : []),
    ...(anchored ? [item.anchorI ?? null, item.anchorJ ?? null] : []),
    ...(withTruth ? [className(item.truth)] : []),
    votesText(view, peopleVotes(view, at)),
    orWhy(humans?.certainty_pct[at], whyNotOfKind(view.response, 'shares') ?? noPeople(view)),
    ...added.map(({ cell }) => cell(at)),
    ...view.groups.flatMap(({ target, group }): Cell[] => [
      votesText(view, networkVotes(view, target, at)),
      classMeaning(classOfCategory(group.fig4.category[at])) + (group.fig4.exception[at] ? ', exception' : ''),
    ]),
  ]);
  return {
    id: 'each-image',
    long: true,
    number: '',
    title: 'Each image, and what was said of it',
    people: true,
    rows,
    columns: [
      { name: 'Image' },
      ...(placed ? [{ name: 'First class' }, { name: 'Second class' }, { name: 'Alpha' }] : []),
      ...(anchored ? [{ name: 'First anchor' }, { name: 'Second anchor' }] : []),
      ...(withTruth ? [{ name: 'True class' }] : []),
      ...[{ name: view.people }, { name: `Certainty of ${peopleWord(view)}, %`, decimals: 0 }],
      ...added.map(({ column }) => column),
      ...view.groups.flatMap(({ target }) => [
        { name: `Networks, ${targetTitle(target)}` },
        { name: `Type, ${targetTitle(target)}` },
      ]),
    ],
    notes: [
      ...(anchored
        ? ['Anchors: ids in their class. Images of pairs with a common anchor are not independent of each other.']
        : []),
      'The number after a class counts who named it.',
    ],
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
    id: 'figure-4',
    long: true,
    number: 'Figure 4',
    title: 'Who disagrees, image by image',
    people: true,
    rows,
    columns: ['Networks', 'Image', 'Color', 'Classes named', 'Exception'].map((name) => ({ name })),
    notes: [named(view, 'Blue: only networks disagree; red: only people; white: both; gray: neither.')],
  };
}

/** The points of the scatter of entropies: each image at each target. */
export function entropyExhibit(view: View): Exhibit {
  const { analysis, stimuli } = view.data;
  const unlabeled =
    view.data.labelers === null
      ? noPeople(view)
      : (whyNotOfKind(view.response, 'shares') ?? 'Nobody labeled this image.');
  const rows = view.groups.flatMap(({ target, group: { entropy, fig4 } }) =>
    stimuli.items.map(({ id }, at): Cell[] => [
      ...[targetOfKey(target), id, orWhy(analysis?.humans.entropy_bits[at], unlabeled)],
      ...[entropy.vote_bits[at] ?? null, entropy.predictive_bits[at] ?? null],
      classMeaning(classOfCategory(fig4.category[at])),
    ]),
  );
  return {
    id: 'entropy',
    long: true,
    number: '',
    title: `Entropy of ${peopleWord(view)} and of networks`,
    people: true,
    rows,
    columns: [
      ...['Target %', 'Image', named(view, 'Entropy of people, bits'), 'Entropy of votes, bits'],
      ...['Entropy of mean softmax, bits', 'Type'],
    ].map((name) => ({ name })),
    notes: ['The entropy of one label is 0, whatever it is.'],
  };
}

/** How often each class was named for an image, most frequent first, then by class. */
export type Votes = readonly (readonly [classIndex: number, count: number])[];

/** Votes of people on a stimulus (an index into the stimuli). Missing labels do not count. */
export function peopleVotes(view: View, stimulus: number): Votes {
  return byFrequency(
    [...imageCounts(view.context().humans.votes, stimulus).entries()].filter(([, times]) => times > 0),
  );
}

/** Votes of the diverse networks at a target. */
export function networkVotes(view: View, target: string, stimulus: number): Votes {
  const labels = view.data.predictions
    .filter((prediction) => prediction.repeat === null && prediction.target === targetOfKey(target))
    .map((prediction) => at(prediction.labels, stimulus));
  return byFrequency([...Map.groupBy(labels, (label) => label)].map(([label, { length }]) => [label, length]));
}

const byFrequency = (votes: [label: number, times: number][]): Votes =>
  votes.sort(([a, countA], [b, countB]) => countB - countA || a - b);

/** Votes in words: `4 (8), 9 (2)`; of sets, parts of votes: `4 (8.50)`. */
export const votesText = (view: View, votes: Votes): string =>
  votes.length === 0 ? 'none' : votes.map(([label, times]) => `${view.long(label)} (${formatVote(times)})`).join(', ');
