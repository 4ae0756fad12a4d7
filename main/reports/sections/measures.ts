import { imageClasses } from '../../analysis/image-types.ts';
import { alongPlot } from '../drawings/along.ts';
import { reportQuartilesExhibit, softmaxCounts } from '../../exhibits/softmax.ts';
import { softmaxHistogram } from '../drawings/histogram.ts';
import { curvesPlot } from '../drawings/curves.ts';
import { consistencyMatrix } from '../drawings/matrix.ts';
import { deferralPlot } from '../drawings/deferral.ts';
import { reliability } from '../drawings/reliability.ts';
import { isForReading } from '../../exhibits/all.ts';
import type { Exhibit } from '../../contract/exhibit.ts';
import { crowdWords, entropyScatter } from '../drawings/scatter.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { comparisonExhibit, intervalsExhibit } from '../../exhibits/comparison.ts';
import { reportCurveMeans, reportCurves, reportCurvesExhibit } from '../../exhibits/curves.ts';
import { flipDistancesExhibit, flipsExhibit } from '../../exhibits/flips.ts';
import { reportMultiplicity } from '../../exhibits/multiplicity.ts';
import {
  agreementExhibit,
  calibrationExhibit,
  certaintyExhibit,
  divergenceExhibit,
  errorReferenceNote,
} from '../../exhibits/measures.ts';
import { pooledExhibit } from '../../exhibits/kinds.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { named } from '../../exhibits/study-numbers.ts';
import { peopleWord } from '../../domain/format.ts';
import { typeTitle } from '../../domain/image-types.ts';
import { frame, isolated, section } from '../frame.ts';
import { drawsEach, peopleAlone, type View } from '../../exhibits/view.ts';
import { table4 } from '../../exhibits/paper-tables.ts';
import { fewerRaters } from './rarefaction.ts';
import { targetTitle } from '../../domain/targets.ts';

const hasPeople = (view: View): boolean => (view.data.analysis?.meta.n_determined ?? 0) > 0;

/** Each target, or null for people alone. */
const targetsOrPeople = (view: View): (string | null)[] =>
  peopleAlone(view) ? [null] : view.groups.map(({ target }) => target);

/** A drawing under its own small title, or nothing where there is none. */
const block = (title: Content, drawing: Html | null): Html =>
  drawing === null
    ? nothing
    : html`<div class="map">
        <h3>${title}</h3>
        ${drawing}
      </div>`;

/** How sure networks are, by type, and whether they should be. */
export function softmaxSection(view: View): Html {
  const blocks = view.groups.flatMap(({ target }) => {
    const counts = softmaxCounts(view, target);
    return imageClasses
      .filter((name) => counts[name].some((count) => count > 0))
      .map((name) =>
        block(
          `${targetTitle(target)}, ${typeTitle(name, peopleWord(view))}`,
          softmaxHistogram(view, name, counts[name]),
        ),
      );
  });
  return section('softmax', 'Softmax', [
    exhibitTable(view, table4(view)),
    hasPeople(view) &&
      frame(view, {
        id: 'softmax-by-type',
        number: '',
        title: 'All values of the largest softmax, by type',
        people: true,
        body: html`<div class="blocks">${blocks}</div>`,
        note: html`<p>One value for each network and image of the type.</p>`,
      }),
    hasPeople(view) && exhibitTable(view, reportQuartilesExhibit(view)),
    hasPeople(view) &&
      frame(view, {
        id: 'reliability',
        number: '',
        title: named(view, 'How often networks agree with people, by softmax'),
        people: true,
        body: html`<div class="blocks">${view.groups.map(({ target }) => block(targetTitle(target), reliability(view, target)))}</div>`,
        note: html`<p>All networks of a target together, 15 bins; larger marks: more values. Dashed: as sure as right.</p>`,
      }),
    exhibitTable(view, calibrationExhibit(view)),
  ]);
}

/** Whether networks are unsure where people are. */
export function certaintySection(view: View): Html {
  return section('part-certainty', 'Certainty', [
    hasPeople(view) &&
      frame(view, {
        id: 'entropy',
        number: '',
        title: `Entropy of votes by entropy of ${view.people.toLowerCase()}`,
        people: true,
        body: html`<div class="blocks">${view.groups.map(({ target }) => block(targetTitle(target), entropyScatter(view, target)))}</div>`,
        note: drawsEach(view)
          ? html`<p>A mark an image: square: only networks disagree; triangle: only ${view.people.toLowerCase()}; circle: both or neither.</p>`
          : html`<p>A square stands for all images at its place, the larger the more: ${crowdWords}. At the left edge ${view.people.toLowerCase()} agree, at the lower edge networks do.</p>`,
      }),
    exhibitTable(view, certaintyExhibit(view)),
    exhibitTable(view, divergenceExhibit(view)),
  ]);
}

/** Where along each pair labels change. */
export function alongSection(view: View): Html {
  const rows = view.layout.alphas.length > 0 ? view.layout.rows : [];
  const alone = peopleAlone(view);
  const blocks = targetsOrPeople(view).flatMap((target) =>
    rows.map((row) => {
      if (!row.pair) return nothing;
      const [first, second] = row.pair.map((k) => isolated(view.long(k)));
      const pair = html`${first} to ${second}`;
      return block(target === null ? pair : html`${pair}, ${targetTitle(target)}`, alongPlot(view, row, target));
    }),
  );
  const ofPeople = html`<span class="people">${view.people}: share of labels, dashed</span>`;
  const distances = flipDistancesExhibit(view);
  return section('along', 'Along alpha', [
    blocks.length > 0 &&
      frame(view, {
        id: 'along-alpha',
        number: '',
        title: 'The second class’s share, pair by pair',
        people: hasPeople(view),
        body: html`<div class="blocks">${blocks}</div>`,
        note: alone
          ? html`<p>${ofPeople}. Ticks: flip points.</p>`
          : html`<p>
              <span class="networks">Networks: mean softmax</span>; ${ofPeople}. Ticks: flip points,
              ${view.people.toLowerCase()} above, networks below.${view.data.dataSet.classes.length > 2 && ' ×: some network names a third class.'}
            </p>`,
      }),
    distances.rows.length > 0 && exhibitTable(view, distances),
    exhibitTable(view, flipsExhibit(view)),
    curvesFigure(view),
  ]);
}

/** Psychometric curves: drawn, their means, and pair by pair. */
function curvesFigure(view: View): Content {
  const curves = reportCurves(view);
  const means = reportCurveMeans(view);
  if (means.rows.length === 0) return nothing;
  const groups = [...curves.raters.keys()].filter((place) => curves.raters[place]?.of === 'models');
  const blocks = (groups.length === 0 ? [null] : groups).map((place) =>
    block(place === null ? view.people : (curves.raters[place]?.title ?? ''), curvesPlot(curves, place)),
  );
  return [
    frame(view, {
      id: 'curves-figure',
      number: '',
      title: 'Psychometric curves of all pairs',
      people: hasPeople(view),
      body: html`<div class="blocks">${blocks}</div>`,
      note: html`<p>The chance of the second class along alpha, a curve for each pair; <span class="people">${view.people}, dashed</span>${groups.length > 0 && html`; <span class="networks">networks: mean softmax</span>`}.</p>`,
    }),
    exhibitTable(view, means),
    exhibitTable(view, reportCurvesExhibit(view)),
  ];
}

/** Who agrees with whom. */
export function agreementSection(view: View): Html {
  const pooled = pooledExhibit(view);
  const multiplicity = reportMultiplicity(view);
  return section('part-agreement', 'Agreement', [
    exhibitTable(view, agreementExhibit(view)),
    pooled.rows.length > 0 && exhibitTable(view, pooled),
    multiplicity.table.rows.length > 0 && exhibitTable(view, multiplicity.table),
    deferralFigure(view, multiplicity.deferral),
    multiplicity.churn.rows.length > 0 && exhibitTable(view, multiplicity.churn),
    multiplicity.testImages.rows.length > 0 && exhibitTable(view, multiplicity.testImages),
    frame(view, {
      id: 'consistency-matrix',
      number: '',
      title: 'Error consistency, 100 κ',
      people: true,
      body: html`<div class="blocks">${targetsOrPeople(view).map((target) => block(target === null ? view.people : targetTitle(target), consistencyMatrix(view, target)))}</div>`,
      note: html`<p>100: they err on the same images; 0: as often as their accuracies alone make likely. –: undefined. ${errorReferenceNote(view)}</p>`,
    }),
    multiplicity.consistency.rows.length > 0 &&
      isForReading(multiplicity.consistency) &&
      exhibitTable(view, multiplicity.consistency),
    fewerRaters(view),
  ]);
}

/** What people disagree on among the images kept, a drawing for each target. */
function deferralFigure(view: View, exhibit: Exhibit): Content {
  const groups = Map.groupBy(exhibit.rows.keys(), (row) => String(exhibit.rows[row]?.[0]));
  if (groups.size === 0) return nothing;
  return frame(view, {
    id: 'deferral-figure',
    number: '',
    title: exhibit.title,
    people: true,
    body: html`<div class="blocks">${[...groups].map(([title, rows]) => block(title, deferralPlot(exhibit, rows, peopleWord(view))))}</div>`,
    note: html`<p>${exhibit.notes.join(' ')} <span class="networks">By disagreement of networks</span>; gray: at best; dashed: at random.</p>`,
  });
}

/** Targets against each other, and how sure the numbers are. */
export function comparisonSection(view: View): Html {
  return section('part-comparison', peopleAlone(view) ? 'Intervals' : 'Comparison and intervals', [
    view.groups.length > 1 && exhibitTable(view, comparisonExhibit(view)),
    exhibitTable(view, intervalsExhibit(view)),
  ]);
}
