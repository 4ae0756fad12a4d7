import type { LeftOutInterval } from '../analysis/left-out-interval.ts';
import type { ShownInterval } from '../../../analysis/claims/index.ts';
import { type Deferral, deferral } from '../analysis/deferral.ts';
import { consistencyInterval } from '../analysis/consistency-interval.ts';
import { type ImageInput, pairUnits, type PairUnits, unitCount } from '../../../analysis/outcomes/index.ts';
import { missing } from '../../../analysis/labels/index.ts';
import { churn, type Multiplicity, mostMembers, multiplicity } from '../analysis/multiplicity.ts';
import { spread } from '../../../analysis/statistics/index.ts';
import type { Cell, Exhibit, Figure, Group } from '../../../contract/results/index.ts';
import { columnName, quantityAt } from '../../../domain/results/index.ts';
import { formatFixed, formatInteger, isAccuracy } from '../../../domain/numbers/index.ts';
import {
  count,
  meanCell,
  named,
  noPeople,
  oncePerView,
  orWhy,
  type StudyNumbers,
  type StudyView,
  twoModels,
  undefinedCell,
  withIntervals,
} from '../../../exhibits/parts/index.ts';
import { type TestedNetworks, testImagesExhibit } from './test-images.ts';

/** Networks at one accuracy, with a label for every image. */
export interface EqualNetworks extends TestedNetworks {
  /** `MLP`, by network. */
  readonly architectures: readonly string[];
}

/** Images times networks squared: seconds. */
const mostSteps = 2e8;

/** Exhibits of what depends on which of several equally accurate networks one has (metrics.md 16). */
export interface MultiplicityExhibits {
  /** A row for each group. */
  readonly table: Exhibit;
  /** What people disagree on among the images kept, by how many are left to them. */
  readonly deferral: Exhibit;
  readonly deferralFigure: Figure;
  /** How far networks of two architectures differ; no rows where a group has one. */
  readonly churn: Exhibit;
  /** Error consistency of two networks with its interval; no rows for very many. */
  readonly consistency: Exhibit;
  /** These networks on test images, as far as their answers are stored; a row for each group. */
  readonly testImages: Exhibit;
}

interface Measured extends EqualNetworks {
  /** Or why it is not computed: a sentence. */
  readonly found: { readonly multiplicity: Multiplicity; readonly deferral: Deferral | null } | string;
}

/** @param reference right labels, as for error consistency */
export function multiplicityExhibits(
  study: StudyNumbers,
  images: readonly ImageInput[],
  reference: Int16Array,
  groups: readonly EqualNetworks[],
): MultiplicityExhibits {
  const measured = groups.map((group): Measured => ({ ...group, found: measure(study, images, group) }));
  const found = deferralExhibit(study, measured);
  return {
    table: multiplicityExhibit(study, images, measured),
    deferral: found,
    deferralFigure: deferralFigure(found),
    churn: churnExhibit(measured),
    consistency: consistencyExhibit(study, images, reference, groups),
    testImages: testImagesExhibit(study, groups),
  };
}

function measure(
  study: StudyNumbers,
  images: readonly ImageInput[],
  { names, labels }: EqualNetworks,
): Measured['found'] {
  if (labels.raters < 2) return twoModels;
  if (labels.raters > mostMembers || labels.raters ** 2 * labels.images > mostSteps)
    return 'There are too many networks and images to compare them all in seconds.';
  const found = multiplicity(names, labels);
  const scores = found.self_consistency.per_image.map((same) => 1 - same);
  return { multiplicity: found, deferral: deferral(images, scores, peopleDisagree(study, images)) };
}

/** Null: not known of an image. */
function peopleDisagree(study: StudyNumbers, images: readonly ImageInput[]): (boolean | null)[] {
  const status = study.humans?.status ?? [];
  return images.map((_, image) => (status[image] == null ? null : status[image] === 'disagree'));
}

function multiplicityExhibit(study: StudyNumbers, images: readonly ImageInput[], groups: readonly Measured[]): Exhibit {
  const percent = (name: string) => ({ name, unit: '%', decimals: 1 });
  return withIntervals(study, {
    id: 'multiplicity',
    number: '',
    title: 'What depends on which network one has',
    people: true,
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
      'Smallest stable ensemble: from this number of networks on, drawn at random, their majority is that of all networks with a chance of 95 % or more. All networks always have their own majority, so their number is shown as “not yet known”.',
      named(
        study,
        'Left to people: images on which networks differ most go to people first. AUC: the chance that an image on which people disagree goes before one on which they agree. Last column: mean share of images on which people disagree among those kept, over all numbers of images that may be left to them.',
      ),
    ],
  });
}

/** Multiplicity of each group whose networks were trained to one accuracy: others need have nothing in common. */
export const studyMultiplicity = oncePerView((study: StudyView): MultiplicityExhibits => {
  const { input, errorReference } = study.context();
  const groups = study.groups.filter(({ choice }) => isEquallyAccurate(choice));
  return multiplicityExhibits(
    study,
    input.images,
    errorReference,
    groups.map((group): EqualNetworks => {
      const { group: members, softmax } = group.view();
      return {
        title: group.name,
        names: members.names,
        labels: members.labels,
        architectures: members.members.map((model) => input.models[model]?.architecture ?? ''),
        certainty: softmax.passes.map(({ top }) => spread(top).mean),
        ece: members.names.map((name) => group.group.scores.per_model[name]?.ece ?? null),
        test: group.tests(),
      };
    }),
  );
});

const isEquallyAccurate = (group: Group): boolean =>
  (group.kind === 'diverse' || group.kind === 'seeds') && isAccuracy(group.target);

function cellsOf(study: StudyNumbers, images: readonly ImageInput[], { labels, found: measured }: Measured): Cell[] {
  if (typeof measured === 'string') return Array.from({ length: 8 }, () => undefinedCell(measured));
  const { multiplicity: found } = measured;
  const { mean, std, n } = found.discrepancy_spread;
  return [
    count(100 * found.any_differ),
    meanCell({ mean: percentOf(mean), std: percentOf(std), n }, 'models', { reason: twoModels }),
    count(100 * found.max_pairwise),
    count(100 * found.self_consistency.mean),
    count(100 * found.self_consistency.share_le_75),
    stableText(found, labels.raters),
    ...deferralCells(study, images, measured.deferral),
  ];
}

const percentOf = (share: number | null): number | null => (share === null ? null : 100 * share);

function stableText({ ensemble: { smallest } }: Multiplicity, networks: number): Cell {
  if (smallest === null) return undefinedCell('No number of these networks gives the majority of all often enough.');
  return smallest >= networks ? 'not yet known' : formatInteger(smallest);
}

function deferralCells(study: StudyNumbers, images: readonly ImageInput[], result: Deferral | null): Cell[] {
  if (result === null) return [undefinedCell(noPeople(study)), undefinedCell(noPeople(study))];
  const { estimate } = result.auc;
  const known = peopleDisagree(study, images);
  const interval = overUnits(
    estimate,
    result.auc,
    pairUnits(images, (image) => known[image] !== null),
  );
  const [random, best] = [result.area_random, result.area_ideal].map((share) => formatFixed(100 * share, 1));
  return [
    estimate === null
      ? orWhy(null, named(study, 'People agree on all images, or on none.'))
      : count(estimate, { interval }),
    count(100 * result.area, { note: `at random ${random}, at best ${best}` }),
  ];
}

/** An interval that leaves out pairs one at a time, as it is shown. */
const overUnits = (
  estimate: number | null,
  { se, df, lo, hi, reason }: LeftOutInterval,
  units: PairUnits,
): ShownInterval => ({
  estimate,
  se,
  df,
  skew: null,
  lo,
  hi,
  p: null,
  reason,
  ...({ claim: 'anchors', units: units.units, n: unitCount(units) } as const),
});

/** Points of a curve that are listed: more cannot be told apart. */
const mostPoints = 50;

function deferralExhibit(study: StudyNumbers, groups: readonly Measured[]): Exhibit {
  const rows = groups.flatMap(({ title, found }): Cell[][] => {
    const curve = typeof found === 'string' ? undefined : found.deferral?.curve;
    const first = curve?.[0];
    // Where people agree on all images, there is nothing to find.
    if (curve === undefined || first === undefined || first === 0) return [];
    const n = curve.length;
    const events = Math.round(first * n);
    const step = Math.ceil(n / mostPoints);
    return Array.from({ length: Math.ceil(n / step) }, (_, place): Cell[] => {
      const left = place * step;
      return [
        ...[title, left, count((100 * left) / n), count(100 * (curve[left] ?? 0)), count(100 * first)],
        count((100 * Math.max(0, events - left)) / (n - left)),
      ];
    });
  });
  const percent = (key: string, name: string) => ({ key, name, unit: '%', decimals: 1 });
  return {
    id: 'deferral',
    long: true,
    number: '',
    people: true,
    heads: 2,
    rows,
    title: named(study, 'What people disagree on among the images kept, by how many are left to them'),
    columns: [
      { name: 'Networks', groups: true },
      { key: 'images', name: named(study, 'Images left to people') },
      percent('left', named(study, 'Left to people')),
      percent('networks', 'By disagreement of networks'),
      ...[percent('random', 'At random'), percent('best', 'At best')],
    ],
    notes: [
      named(
        study,
        'Percent of the images kept on which people disagree, when the images on which networks differ most are left to people: expected share where images are tied. At best: who leaves first exactly the images on which people disagree.',
      ),
    ],
  };
}

/** Multiplicity as a figure: a chart for each group. */
function deferralFigure(exhibit: Exhibit): Figure {
  const { title, notes } = exhibit;
  const groups = Map.groupBy(exhibit.rows.keys(), (row) => String(exhibit.rows[row]?.[0]));
  const of = (row: number, key: string): number => quantityAt(exhibit, row, key)?.value ?? 0;
  return {
    id: 'deferral-figure',
    title,
    people: true,
    charts: [...groups].map(([group, rows]) => ({
      kind: 'lines',
      title: group,
      x: { title: `${columnName(exhibit, 'left')}, percent of images`, from: 0, to: 100 },
      y: { title: 'Percent of images kept', from: 0, decimals: 1 },
      series: (
        [
          ['networks', 'networks', 'none'],
          ['random', 'soft', 'long'],
          ['best', 'soft', 'short'],
        ] as const
      ).map(([key, hue, dash]) => ({
        name: columnName(exhibit, key),
        hue,
        dash,
        points: rows.map((row) => ({ x: of(row, 'left'), y: of(row, key) })),
      })),
    })),
    notes,
  };
}

function churnExhibit(groups: readonly EqualNetworks[]): Exhibit {
  const rows = groups.flatMap(({ title, architectures, labels }): Cell[][] => {
    const members = Map.groupBy(architectures.keys(), (network) => architectures[network] ?? '');
    const kinds = [...members.keys()];
    return kinds.flatMap((a, place) =>
      kinds.slice(place + 1).map((b): Cell[] => {
        const found = churn(labels, members.get(a) ?? [], members.get(b) ?? []);
        const share = (of: number | null): Cell => orWhyPercent(of, 'It takes two networks of each architecture.');
        return [
          ...[title, `${a} and ${b}`, share(found.between)],
          ...[share(found.within_a), share(found.within_b), share(found.excess)],
        ];
      }),
    );
  });
  const percent = (key: string, name: string) => ({ key, name, unit: '%', decimals: 1 });
  return {
    id: 'churn',
    number: '',
    title: 'Disagreement between architectures, beside that of seeds',
    people: false,
    heads: 2,
    rows,
    columns: [
      ...[{ name: 'Networks', groups: true }, { name: 'Architectures' }],
      ...[percent('between', 'Between both'), percent('first', 'Within the first')],
      ...[percent('second', 'Within the second'), percent('excess', 'Excess')],
    ],
    notes: [
      'Mean share of images on which two networks differ: one of each architecture, or two of one. Excess: what another architecture adds to another network of the same one (churn, Milani Fard et al. 2016).',
    ],
  };
}

const orWhyPercent = (share: number | null, reason: string): Cell => count(percentOf(share), { reason });

/** Two networks on one image: a second takes tens of millions. */
const mostTrials = 1e7;
const mostListed = 1000;

function consistencyExhibit(
  study: StudyNumbers,
  images: readonly ImageInput[],
  reference: Int16Array,
  groups: readonly EqualNetworks[],
): Exhibit {
  const pairs = groups.reduce((sum, { names }) => sum + (names.length * (names.length - 1)) / 2, 0);
  const isKnown = reference.some((label) => label !== missing);
  const units = pairUnits(images, (image) => reference[image] !== missing);
  const rowsOf = ({ title, names, labels: { values } }: EqualNetworks): Cell[][] => {
    const own = (network: number): Int16Array =>
      values.subarray(network * images.length, (network + 1) * images.length);
    return names.flatMap((a, first) =>
      names.slice(first + 1).map((b, next): Cell[] => {
        const found = consistencyInterval(own(first), own(first + 1 + next), reference, images);
        const reason = 'Both are always right, or always wrong.';
        return [
          ...[title, `${a} and ${b}`],
          count(found.kappa, { reason, interval: { ...overUnits(found.kappa, found, units), about: 'networks' } }),
          ...[count(found.kappa_max, { reason }), count(found.se_iid, { reason })],
        ];
      }),
    );
  };
  const isShort = pairs <= mostListed && pairs * images.length <= mostTrials;
  return withIntervals(study, {
    id: 'consistency-intervals',
    number: '',
    people: true,
    heads: 2,
    title: 'Error consistency of two networks, with its interval',
    columns: [
      ...[{ name: 'Networks', groups: true }, { name: 'Two' }],
      ...[
        { key: 'kappa', name: 'κ', decimals: 3, interval: true },
        { key: 'most', name: 'Largest κ', decimals: 3 },
      ],
      { key: 'se_iid', name: 'Standard error, independent images', decimals: 3 },
    ],
    rows: isKnown && isShort ? groups.flatMap(rowsOf) : [],
    notes: [
      'Largest κ: what the two accuracies allow. The interval leaves out pairs of classes one at a time (Klein et al. 2025 ask for one); the standard error for independent images (Fleiss, Cohen and Everitt 1969) is too small where images of a pair are alike.',
    ],
  });
}
