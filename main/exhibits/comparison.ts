import { holm } from '../analysis/paired-tests.ts';
import type { ComparisonTest } from '../analysis/comparison.ts';
import { typeInFiles } from './study-numbers.ts';
import type { View } from './view.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { count, intervalMethod, orWhy, undefinedCell } from './cells.ts';
import type { CorrectedInterval } from '../analysis/intervals.ts';
import type { ShownStatistic } from '../analysis/group-intervals.ts';
import type { HumanStatistic } from '../analysis/human-analysis.ts';
import type { ImageClass } from '../analysis/image-types.ts';
import { peopleWord } from '../domain/format.ts';

/** The same people stand on both sides: nothing to test. */
const aboutNetworks = ({ name }: ComparisonTest): boolean => name !== 'people disagree';

/** What the tests are called in a report. */
const testTitles = (view: View): Readonly<Record<string, string>> => ({
  'type A': 'Images of type A',
  'type C': 'Images of type C',
  'networks disagree': 'Images on which networks disagree',
  'misclassified by any': 'Images that some network has wrong',
  'misclassified per network': 'Networks that are wrong',
  'pairwise disagreement': 'Pairs of networks that differ',
  'divergence from people': `Divergence of softmax from ${peopleWord(view)}`,
});

/** Targets against each other, on the same images; all tests adjusted together. */
export function comparisonExhibit(view: View): Exhibit {
  const tests = view.data.comparisons.flatMap(({ first, second, tests: all }) =>
    all.filter(aboutNetworks).map((test) => ({ ...test, pair: `${first} vs ${second}` })),
  );
  const adjusted = holm(tests.map(({ p }) => p));
  const titles = testTitles(view);
  const rows = tests.map(({ pair, name, difference, interval, n, p, method, ...test }, at): Cell[] => {
    const why = test.undefined ?? 'No image belongs to a pair.';
    return [
      ...[pair, titles[name] ?? name],
      difference === null
        ? undefinedCell(why)
        : count(difference, { interval: { pair: interval.pair ?? null, image: null } }),
      ...[test.in === 'percent' ? '% points' : 'bits', n, orWhy(p, why), orWhy(adjusted[at], why), method],
    ];
  });
  return {
    ...{ id: 'comparison', number: '', title: 'Targets compared on the same images', people: true, rows },
    columns: [
      ...[{ name: 'Targets' }, { name: 'What' }, { name: 'Difference', decimals: 3, interval: true }],
      ...[{ name: 'Unit' }, { name: 'Images' }, { name: 'p', decimals: 4 }, { name: 'p, adjusted', decimals: 4 }],
      { name: 'Test' },
    ],
    notes: [
      `First minus second, with the 95 % interval that draws pairs of classes. Adjusted by Holm’s method for the ${tests.filter(({ p }) => p !== null).length} tests of this table. Networks are taken as fixed: the tests say nothing about new training runs.`,
      intervalMethod,
    ],
  };
}

const oneUnit = 'There is only one to draw: an interval needs two.';

/** Intervals of shares and coefficients, drawing pairs of classes, and images. */
export function intervalsExhibit(view: View): Exhibit {
  const rows = (['pair', 'image'] as const).flatMap((unit) => [
    ...toRows(view.people, unit, peopleTitles, view.data.analysis?.humans.intervals[unit]),
    ...view.groups.flatMap(({ target, group }) =>
      toRows(`Networks, ${target} %`, unit, networkTitles(view), group.intervals?.[unit]),
    ),
  ]);
  return {
    ...{ id: 'intervals', number: '', title: '95 % intervals', people: true, rows },
    columns: [
      ...[{ name: 'Of' }, { name: 'Statistic' }, { name: 'Drawn' }, { name: 'n' }],
      ...['Value', 'From', 'To'].map((name) => ({ name, decimals: 3 })),
      { name: 'Left out' },
    ],
    notes: [
      intervalMethod,
      'n: how many were drawn, of the images that the value is of. Left out: resamples in which the value is not defined. Images of one pair are not independent of each other: quote the intervals that draw pairs. Raters are taken as fixed.',
      ...(view.choice.formats.includes('json')
        ? [
            'tables.json has these as “intervals”, and as “bootstrap” the plain percentile intervals, which are too narrow for few pairs.',
          ]
        : []),
    ],
  };
}

function toRows<Name extends string>(
  whose: string,
  unit: 'pair' | 'image',
  titles: Record<Name, string>,
  intervals: Partial<Record<Name, CorrectedInterval>> | null | undefined,
): Cell[][] {
  if (!intervals) return [];
  return (Object.keys(titles) as Name[]).flatMap((name): Cell[][] => {
    const found = intervals[name];
    if (!found) return [];
    const { estimate, lo, hi, units, n_null: leftOut } = found;
    const why = estimate === null ? 'Everybody gave one and the same label.' : oneUnit;
    return [[whose, titles[name], unit, units, ...[estimate, lo, hi].map((value) => orWhy(value, why)), leftOut]];
  });
}

const peopleTitles: Record<HumanStatistic, string> = {
  disagree_pct: 'Do not all agree, %',
  krippendorff_alpha: 'Krippendorff’s α',
};

function networkTitles(view: View): Record<ShownStatistic, string> {
  const share = (name: ImageClass): string => `${typeInFiles(view, name)}, %`;
  return {
    all_disagree_pct: 'Any networks differ, % of all images',
    pairwise_disagreement_pct: 'Two networks differ, % of all images',
    nn_disagree_pct: 'Networks disagree, % of images with two labels or more',
    type_a_pct: share('type_a'),
    both_disagree_pct: share('both_disagree'),
    both_agree_pct: share('both_agree'),
    type_c_pct: share('type_c'),
    type_b_pct: 'B: both disagree, or agree on one label, %',
    exception_pct: 'Exceptions: both agree, each on another label, %',
    misclassified_per_model_pct: 'Misclassified per network, %',
    misclassified_across_pct: 'Misclassified by any, %',
    js_bits: `Jensen–Shannon divergence from ${peopleWord(view)}, bits, of labelled images`,
  };
}
