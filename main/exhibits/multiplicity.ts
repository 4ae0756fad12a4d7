import { deferral } from '../analysis/deferral.ts';
import type { ImageInput } from '../analysis/input.ts';
import type { LabelMatrix } from '../analysis/labels.ts';
import { type Multiplicity, mostMembers, multiplicity } from '../analysis/multiplicity.ts';
import { pairUnits, unitCount } from '../analysis/units.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { formatFixed, formatInteger } from '../domain/format.ts';
import { isAccuracy, targetOfKey, targetTitle } from '../domain/targets.ts';
import { count, meanCell, orWhy, undefinedCell, withIntervals } from './cells.ts';
import { noPeople, twoModels } from './reasons.ts';
import { named, type StudyNumbers } from './study-numbers.ts';
import { oncePerView, reportImages, targetMembers, type View } from './view.ts';

/** Networks at one accuracy, with a label for every image. */
export interface EqualNetworks {
  /** `All recipes at 98 %`. */
  readonly title: string;
  readonly names: readonly string[];
  readonly labels: LabelMatrix;
}

/** Images times networks squared: seconds. */
const mostSteps = 2e8;

/** What depends on which of several equally accurate networks one has (metrics.md 16); a row for each group. */
export function multiplicityExhibit(
  study: StudyNumbers,
  images: readonly ImageInput[],
  groups: readonly EqualNetworks[],
): Exhibit {
  const percent = (name: string) => ({ name, unit: '%', decimals: 1 });
  return withIntervals(study, {
    ...{ id: 'multiplicity', number: '', title: 'What depends on which network one has', people: true },
    columns: [
      { name: 'Networks' },
      { name: 'n', decimals: 0 },
      { key: 'ambiguity', ...percent('Ambiguity') },
      { ...percent('Discrepancy'), spread: true },
      percent('Largest discrepancy'),
      percent('Self-consistency'),
      percent('Self-consistency of 75 % or less'),
      { name: 'Smallest stable ensemble' },
      { key: 'auc', name: named(study, 'AUC for what people disagree on'), decimals: 3 },
      { ...percent(named(study, 'Left to people')), heading: named(study, 'People disagree on what is kept') },
    ],
    rows: groups.map((group) => [group.title, group.names.length, ...cellsOf(study, images, group)]),
    notes: [
      'Of networks at one accuracy. Ambiguity: images on which some network differs from a given one. Discrepancy: the most on which one other network differs from it; mean ± population standard deviation over networks, and the largest (Marx et al. 2020). Self-consistency: the chance that two networks agree on an image (Cooper et al. 2024); its mean, and images at 75 % or less.',
      'Smallest stable ensemble: the fewest networks, drawn at random, whose majority is that of all with a chance of 95 %, from there on; all networks are their own majority, so that their number means “not yet known”.',
      named(
        study,
        'Left to people: images on which networks differ most go to people first. AUC: the chance that an image on which people disagree goes before one on which they agree. Last column: mean share of images on which people disagree among those kept, over all numbers of images that may be left to them.',
      ),
    ],
  });
}

/** The same of a report: its diverse networks, by target accuracy. */
export const reportMultiplicity = oncePerView((view: View): Exhibit => {
  const images = reportImages(view);
  const groups = view.groups.flatMap(({ target: key }): EqualNetworks[] => {
    const target = targetOfKey(key);
    if (!isAccuracy(target)) return [];
    const own = targetMembers(view, key);
    const labels = { raters: own.length, images: images.length, classes: view.data.dataSet.classes.length };
    return [
      {
        ...{ title: targetTitle(target), names: own.map(({ model }) => model) },
        labels: { ...labels, values: Int16Array.from(own.flatMap((each) => Array.from(each.labels))) },
      },
    ];
  });
  return multiplicityExhibit(view, images, groups);
});

function cellsOf(study: StudyNumbers, images: readonly ImageInput[], { names, labels }: EqualNetworks): Cell[] {
  const none = (reason: string): Cell[] => Array.from({ length: 8 }, () => undefinedCell(reason));
  if (labels.raters < 2) return none(twoModels);
  if (labels.raters > mostMembers || labels.raters ** 2 * labels.images > mostSteps)
    return none('There are too many networks and images to compare them all in seconds.');
  const found = multiplicity(names, labels);
  const { mean, std, n } = found.discrepancy_spread;
  const scaled = (value: number | null): number | null => (value === null ? null : 100 * value);
  return [
    count(100 * found.any_differ),
    meanCell({ mean: scaled(mean), std: scaled(std), n }, 'models', { reason: twoModels }),
    count(100 * found.max_pairwise),
    count(100 * found.self_consistency.mean),
    count(100 * found.self_consistency.share_le_75),
    stableText(found, labels.raters),
    ...deferralCells(study, images, found),
  ];
}

function stableText({ ensemble: { smallest } }: Multiplicity, networks: number): Cell {
  if (smallest === null) return undefinedCell('No number of these networks gives the majority of all often enough.');
  return smallest >= networks ? 'not yet known' : formatInteger(smallest);
}

function deferralCells(study: StudyNumbers, images: readonly ImageInput[], found: Multiplicity): Cell[] {
  const status = study.humans?.status ?? [];
  const events = images.map((_, image) => (status[image] == null ? null : status[image] === 'disagree'));
  const scores = found.self_consistency.per_image.map((same) => 1 - same);
  const result = deferral(images, scores, events);
  if (result === null) return [undefinedCell(noPeople(study)), undefinedCell(noPeople(study))];
  const { estimate, se, df, lo, hi, reason } = result.auc;
  const units = pairUnits(images, (image) => events[image] !== null);
  const interval = {
    ...{ estimate, se, df, skew: null, lo, hi, p: null, reason },
    ...({ claim: 'anchors', units: units.units, n: unitCount(units) } as const),
  };
  const [random, best] = [result.area_random, result.area_ideal].map((share) => formatFixed(100 * share, 1));
  return [
    estimate === null
      ? orWhy(null, named(study, 'People agree on all images, or on none.'))
      : count(estimate, { interval }),
    count(100 * result.area, { note: `at random ${random}, at best ${best}` }),
  ];
}
