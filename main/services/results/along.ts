import { crossingInterval, type PairFlips } from '../../analysis/flip-point.ts';
import { imageCounts, missing } from '../../analysis/labels.ts';
import { pairName, type PairRow } from '../../analysis/input.ts';
import type { AlongResult, FlipResult } from '../../contract/api/results-charts.ts';
import { meanCell, toInterval, withTitles } from '../../exhibits/cells.ts';
import { flipDistancesExhibit } from '../../exhibits/flips.ts';
import { noCrossing, noneAlone, whyNoFlip } from '../../exhibits/reasons.ts';
import { studyNumbers } from './tables.ts';
import { answerHeader, type GroupResult, type PeopleView } from './view.ts';

/** Labels of people and predictions of each group along alpha, with flip points, for every pair. */
export function alongAlpha(people: PeopleView, results: readonly GroupResult[]): AlongResult {
  const { context, humans, source } = people;
  const softmax = results.map((result) => pairSoftmax(people, result));
  return {
    ...answerHeader(people),
    groups: results.map(({ title, models }) => ({ title, models: models.length })),
    pairs: context.pairs.map((row) => {
      const name = pairName(row, source.classes.length);
      const alphas = row.images.map((image) => source.images[image]!.alpha);
      const flips = humans.alpha_star[name];
      return {
        ...{ i: row.i, j: row.j, alphas },
        images: row.images.map((image) => source.images[image]!.id),
        people: row.images.map((image) => [...imageCounts(context.humans.counts, image)]),
        peopleFlip:
          people.labelers.length === 0 || !flips
            ? null
            : flipResult(flips, 'labelers', alphas, humanDifferences(people, row), 'labelers'),
        groups: results.map((result, at) => groupAlong(people, result, row, alphas, softmax[at]!)),
      };
    }),
    distances: withTitles(
      flipDistancesExhibit(studyNumbers(people, results)),
      results.map(({ title }) => title),
    ),
  };
}

function groupAlong(
  { source }: PeopleView,
  { view, analysis }: GroupResult,
  row: PairRow,
  alphas: readonly number[],
  softmax: readonly Float32Array[],
): AlongResult['pairs'][number]['groups'][number] {
  const classes = source.classes.length;
  const flips = analysis.alpha_star.pairs[pairName(row, classes)]!;
  const differences = softmax.map((rows) =>
    Float64Array.from(row.images, (image) => rows[image * classes + row.j]! - rows[image * classes + row.i]!),
  );
  const { mean } = view.softmax.ensemble;
  return {
    votes: row.images.map((image) => [...imageCounts(view.counts, image)]),
    softmax: row.images.map((image) => [...mean.subarray(image * classes, (image + 1) * classes)]),
    flip: flipResult(flips, 'models', alphas, differences, 'networks'),
    deltaStar: flips.delta_star,
    deltaCross: flips.delta_cross,
  };
}

/** With more values than this, intervals are not computed. */
const mostValues = 2e7;

/** Softmax of each model, for the intervals; empty beyond `mostValues`. */
function pairSoftmax({ source }: PeopleView, { models }: GroupResult): Float32Array[] {
  if (models.length * source.images.length * source.classes.length > mostValues) return [];
  return models.map((model) => model.softmax());
}

function humanDifferences({ labelers }: PeopleView, row: PairRow): Float64Array[] {
  return labelers.map(({ labels }) =>
    Float64Array.from(row.images, (image) => {
      const label = labels[image]!;
      if (label === missing) return Number.NaN;
      return (label === row.j ? 1 : 0) - (label === row.i ? 1 : 0);
    }),
  );
}

function flipResult(
  { majority, cross, individuals }: PairFlips,
  of: 'models' | 'labelers',
  alphas: readonly number[],
  differences: readonly Float64Array[],
  who: 'labelers' | 'networks',
): FlipResult {
  const isLabelled = who === 'networks' || differences.some((each) => each.some((value) => !Number.isNaN(value)));
  const label = who === 'labelers' ? 'majority label' : 'most frequent label';
  const whyNoStar = isLabelled ? whyNoFlip(majority, label) : 'Nobody labelled an image of this pair.';
  return {
    star: majority?.alpha_star ?? null,
    undefined: majority?.alpha_star == null ? whyNoStar : null,
    out: majority?.alpha_out ?? null,
    in: majority?.alpha_in ?? null,
    flips: majority?.n_flips ?? null,
    third: majority?.third_labels ?? [],
    cross: cross.alpha_cross,
    crossUndefined: cross.alpha_cross === null ? noCrossing : null,
    individuals: meanCell(individuals, of, { reason: noneAlone }),
    interval: cross.alpha_cross === null ? null : toInterval(crossingInterval(alphas, differences)),
  };
}
