import { pairName } from '../analysis/input.ts';
import { imageCounts, missing } from '../analysis/labels.ts';
import { ensembleScores } from '../analysis/softmax.ts';
import type { Figure } from '../contract/figure.ts';
import { formatCount } from '../domain/format.ts';
import { targetTitle } from '../domain/targets.ts';
import { alongChart, type DrawnRaters } from './along-figure.ts';
import { groupCalibration, softmaxCounts } from './softmax.ts';
import { entropyFigure, reliabilityFigure, softmaxFigure } from './softmax-figures.ts';
import { classOfCategory } from './study-numbers.ts';
import { peopleAlone, type View } from './view.ts';

/** Figures of a report, of all its targets. */

export const hasPeople = (view: View): boolean => (view.data.analysis?.meta.n_determined ?? 0) > 0;

/** Each target, or null for people alone. */
export const targetsOrPeople = (view: View): (string | null)[] =>
  peopleAlone(view) ? [null] : view.groups.map(({ target }) => target);

const groupsOf = (view: View) => view.groups.map((group) => ({ group, title: group.name, choice: null }));

export const reportSoftmaxFigure = (view: View): Figure =>
  softmaxFigure(
    view,
    groupsOf(view).map(({ group, ...of }) => ({ ...of, counts: softmaxCounts(group) })),
  );

export function reportReliabilityFigure(view: View): Figure {
  const { reference } = view.context();
  return reliabilityFigure(
    view,
    groupsOf(view).map(({ group, ...of }) => ({
      ...of,
      n: reference.majority.filter((label) => label !== missing).length,
      ensemble: ensembleScores(group.view().softmax.ensemble, reference).calibration,
      each: [groupCalibration(view, group)],
    })),
  );
}

export const reportEntropyFigure = (view: View): Figure =>
  entropyFigure(
    view,
    view.groups.map(({ target, group }) => ({
      title: targetTitle(target),
      rank: group.entropy.spearman_vote,
      images: view.data.stimuli.items.map(({ id }, image) => ({
        id,
        type: classOfCategory(group.fig4.category[image]),
        people: view.data.analysis?.humans.entropy_bits[image] ?? null,
        votes: group.entropy.vote_bits[image] ?? null,
      })),
    })),
  );

/** A chart for each target and pair whose images the report shows; without networks for each such pair. */
export function reportAlongFigure(view: View): Figure {
  const classes = view.data.dataSet.classes.length;
  const { input, pairs } = view.context();
  const shown = new Set(view.layout.alphas.length > 0 ? view.layout.rows.map(({ pair }) => pair?.join(' ')) : []);
  const rows = pairs.filter(({ i, j }) => shown.has(`${i} ${j}`));
  const hidden = pairs.length - rows.length;
  return {
    id: 'along-alpha',
    title: 'The second class’s share, pair by pair',
    people: hasPeople(view),
    charts: targetsOrPeople(view).flatMap((target) =>
      rows.flatMap((row) => {
        const pair = {
          row,
          alphas: row.images.map((image) => input.images[image]?.alpha ?? 0),
          ids: row.images.map((image) => input.imageIds[image] ?? 0),
          from: view.long(row.i),
          to: view.long(row.j),
          raters: alongRaters(view, target, pairName(row, classes)),
        };
        const title = `${pair.from} to ${pair.to}${target === null ? '' : `, ${targetTitle(target)}`}`;
        const chart = alongChart(view, pair, 'softmax');
        return chart.series.length === 0 ? [] : { ...chart, title };
      }),
    ),
    notes: hidden === 0 ? [] : [`${formatCount(hidden, 'more pair')} ${hidden === 1 ? 'is' : 'are'} not drawn here.`],
  };
}

function alongRaters(view: View, target: string | null, pair: string): DrawnRaters[] {
  const { data } = view;
  const { votes } = view.context().humans;
  const classes = data.dataSet.classes.length;
  const group = view.groups.find((each) => each.target === target);
  const mean = group?.view().softmax.ensemble.mean;
  const flips = group?.group.alpha_star.pairs[pair];
  const none = { architecture: null, curve: null, votes: () => null };
  return [
    ...(view.labelers > 0
      ? [
          {
            ...none,
            title: view.people,
            of: 'labelers' as const,
            softmax: (image: number) => imageCounts(votes, image),
            flip: data.analysis?.humans.alpha_star[pair]?.majority?.alpha_star ?? null,
          },
        ]
      : []),
    ...(mean
      ? [
          {
            ...none,
            title: 'Networks',
            of: 'models' as const,
            softmax: (image: number) => mean.subarray(image * classes, (image + 1) * classes),
            flip: flips?.majority?.alpha_star ?? null,
          },
        ]
      : []),
  ];
}
