import { pairName } from '../analysis/input.ts';
import { imageCounts } from '../analysis/labels.ts';
import type { Figure } from '../contract/figure.ts';
import { targetTitle } from '../domain/targets.ts';
import { alongChart, type DrawnRaters } from './along-figure.ts';
import { reportCurves } from './curves.ts';
import { ensembleCalibration, softmaxCounts, targetCalibration } from './softmax.ts';
import { entropyFigure, reliabilityFigure, softmaxFigure } from './softmax-figures.ts';
import { classOfCategory } from './study-numbers.ts';
import { meanSoftmax, peopleAlone, reportImages, type View } from './view.ts';

/** Figures of a report, of all its targets. */

export const hasPeople = (view: View): boolean => (view.data.analysis?.meta.n_determined ?? 0) > 0;

/** Each target, or null for people alone. */
export const targetsOrPeople = (view: View): (string | null)[] =>
  peopleAlone(view) ? [null] : view.groups.map(({ target }) => target);

const groupsOf = (view: View) =>
  view.groups.map(({ target }) => ({ target, title: targetTitle(target), choice: null }));

export const reportSoftmaxFigure = (view: View): Figure =>
  softmaxFigure(
    view,
    groupsOf(view).map(({ target, ...of }) => ({ ...of, counts: softmaxCounts(view, target) })),
  );

export function reportReliabilityFigure(view: View): Figure {
  const majority = view.data.analysis?.humans.majority_label ?? [];
  return reliabilityFigure(
    view,
    groupsOf(view).map(({ target, ...of }) => ({
      ...of,
      n: majority.filter((label) => label !== null).length,
      ensemble: ensembleCalibration(view, target),
      each: [targetCalibration(view, target)],
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

/** A chart for each pair and target; without networks for each pair. */
export function reportAlongFigure(view: View): Figure {
  const classes = view.data.dataSet.classes.length;
  const images = reportImages(view);
  const rows = view.layout.alphas.length > 0 ? reportCurves(view).rows : [];
  return {
    id: 'along-alpha',
    title: 'The second class’s share, pair by pair',
    people: hasPeople(view),
    charts: targetsOrPeople(view).flatMap((target) =>
      rows.flatMap((row) => {
        const pair = {
          row,
          alphas: row.images.map((image) => images[image]?.alpha ?? 0),
          ids: row.images.map((image) => view.data.stimuli.items[image]?.id ?? 0),
          from: view.long(row.i),
          to: view.long(row.j),
          raters: alongRaters(view, target, pairName(row, classes)),
        };
        const title = `${pair.from} to ${pair.to}${target === null ? '' : `, ${targetTitle(target)}`}`;
        const chart = alongChart(view, pair, 'softmax');
        return chart.series.length === 0 ? [] : { ...chart, title };
      }),
    ),
    notes: [],
  };
}

function alongRaters(view: View, target: string | null, pair: string): DrawnRaters[] {
  const { votes, data } = view;
  const classes = data.dataSet.classes.length;
  const mean = meanSoftmax(view, target);
  const flips = view.groups.find((each) => each.target === target)?.group.alpha_star.pairs[pair];
  const none = { architecture: null, curve: null, votes: () => null };
  return [
    ...(votes
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
