import { formatCount, formatInteger } from '../../domain/numbers/format.ts';
import { showsPseudonym } from '../../domain/labeling/pseudonym.ts';
import { isPlaced } from '../../domain/stimuli/stimulus-set.ts';
import { type LabelCounts, missing as noLabel } from '../../analysis/labels/labels.ts';
import { inWords, peopleNumber } from '../../exhibits/parts/study-numbers.ts';
import { moment } from '../format.ts';
import { type Content, html } from '../html.ts';
import type { View } from '../../exhibits/view.ts';

/** Who labeled, what is missing, what was left out, and whether the labels may still change. */
export const labels = (view: View): Content => [labelers(view), missing(view), sessions(view)];

function labelers(view: View): Content {
  const { labelers } = view.data;
  if (labelers === null) return 'No labels from people.';
  const { people } = labelers;
  if (people.kind === 'counts') return countsText(view, people.counts);
  const names = people.labelers;
  if (!('labels' in people)) return kindText(view, names);
  if (!labelers.simulated)
    return html`${formatCount(names.length, 'labeler')}, ${namedHow(names)}; “agree” means that all who labeled an image gave one label.`;
  const simulated = html`${formatCount(names.length, 'simulated labeler')} (${names[0]} to ${names.at(-1)})`;
  if (!view.data.stimuli.items.some(isPlaced))
    return html`${simulated}: each names the true class of an image, or with a chance that the image has for all of them one other class, and slips
    rarely. A made-up model that says nothing about people.`;
  return html`${simulated}: each changes from one class of a pair to the other
    along a logistic curve in α with a bias and a width of its own${view.data.dataSet.classes.length > 2 && ', names a third class now and then near the change,'} and slips rarely. A
    made-up model that says nothing about people.`;
}

/** Text about counts, which say only how many people gave each label. */
function countsText(view: View, counts: LabelCounts): Content {
  const total = counts.present.reduce((sum, n) => sum + n, 0);
  const unlabeled = counts.present.filter((n) => n === 0).length;
  return html`Counts: of each image it is known how many people gave each label (${peopleNumber(view)}; ${formatInteger(total)} labels in all), not who gave
    which. “Agree” means that all who labeled an image gave one label. What must know who gave which label is undefined: Cohen’s κ, error consistency of persons, flip
    points of persons, and claims about other people.${unlabeled > 0 && html` ${formatCount(unlabeled, 'image')} without a label.`}`;
}

/** Sets and ratings: whose they are, and what “agree” means of them. */
function kindText(view: View, names: readonly string[]): Content {
  const who = view.isAnonymous
    ? `${peopleNumber(view)}, not known who`
    : `${formatCount(names.length, 'labeler')}, ${namedHow(names)}`;
  const none = view.context().humans.votes.present.filter((n) => n === 0).length;
  const missing = none > 0 ? ` ${formatCount(none, 'image')} without an answer.` : '';
  return view.response === 'set'
    ? `Sets of labels (${who}): a person names all classes that an image may show. A person’s vote is split evenly among the classes named; “agree” means that all named one and the same class and no other. What is of single labels is undefined: Cohen’s and Fleiss’ κ, pairwise disagreement, error consistency and flip points of persons.${missing}`
    : `Ratings (${who}): a person says of classes how much each applies. The class that a person alone rated highest is the preferred label; tables of labels are of these. A scale of ratings is no probability: certainty, entropy, distances and scores are undefined.${missing}`;
}

/** Tables may be imported with the names that they have, and nobody but their author knows what these are. */
function namedHow(names: readonly string[]): string {
  const kept = names.filter((name) => !showsPseudonym(name)).length;
  if (kept === 0) return 'under pseudonyms';
  const all = kept === names.length;
  return `${all ? '' : `${formatInteger(kept)} of them `}named as in the table that was imported`;
}

/** Labels that were not given are no label of any class: no number counts them. */
function missing({ data: { labelers, labeling, analysis } }: View): Content {
  if (labelers === null || !('labels' in labelers.people)) return '';
  const { values } = labelers.people.labels;
  const all = values.length;
  const given = values.filter((label) => label !== noLabel).length;
  if (given === all) return ` All ${formatInteger(all)} labels are there.`;
  const { timedOut = 0 } = labeling ?? {};
  const { unanswered = new Uint8Array() } = labelers.people.labels;
  const abstained = labelers.people.kind === 'abstain' && analysis !== null;
  const cannotTell = abstained ? unanswered.reduce((sum, is) => sum + is, 0) : (labeling?.cannotTell ?? 0);
  const known = [
    [cannotTell, 'answered with “can’t tell”'],
    [timedOut, 'ran out of time'],
    [all - given - cannotTell - timedOut, 'left blank, or not in the table that was imported'],
  ] as const;
  const why = known.filter(([count]) => count > 0).map(([count, words]) => `${formatInteger(count)} ${words}`);
  return ` Of ${formatInteger(all)} labels ${formatInteger(all - given)} are missing and are part of no number: ${inWords(why)}.`;
}

/** What was left out, and whether the labels may still change. */
function sessions({ data: { labeling } }: View): Content {
  if (labeling === null) return '';
  const { lock, excluded, unfinished, withdrawn } = labeling;
  const reasons = excluded.map(({ name, reason }) => `${name} (${reason})`);
  return html` ${lock ? html`Locked ${moment(lock.lockedAt)}, hash ${lock.hash}.` : 'The labels are not locked: they may still change.'}
    ${excluded.length > 0 && html`Excluded: ${inWords(reasons)}.`} ${withdrawn > 0 && html`${withdrawn === 1 ? '1 person' : `${withdrawn} people`} withdrew; nothing of them is kept.`}
    ${unfinished > 0 && html`${formatCount(unfinished, 'session')} not finished, and not counted.`}`;
}
