import type { ShownInterval } from '../analysis/claims.ts';
import type { ComparisonTest } from '../analysis/comparison.ts';
import { type ImageClass, imageClasses } from '../analysis/image-types.ts';
import type { TableValue } from '../analysis/jackknife.ts';
import { holm } from '../analysis/paired-tests.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { choiceText, unitsText } from '../domain/claims.ts';
import { peopleWord } from '../domain/format.ts';
import { count, intervalMethod, orWhy, pColumns, toInterval, undefinedCell, withIntervals } from './cells.ts';
import { named, typeInFiles } from './study-numbers.ts';
import type { View } from './view.ts';
import { targetTitle } from '../domain/targets.ts';

/** Tests about networks: people are the same on both sides, which leaves nothing to test. */
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
    const shown = toInterval(interval);
    const why = test.undefined ?? shown?.undefined ?? 'It is undefined.';
    return [
      ...[pair, titles[name] ?? name],
      difference === null ? undefinedCell(why) : { ...count(difference), interval: shown },
      ...[test.in === 'percent' ? '% points' : 'bits', n, orWhy(p, why), orWhy(adjusted[at], why), method],
    ];
  });
  return withIntervals(view, {
    id: 'comparison',
    number: '',
    title: 'Targets compared on the same images',
    people: true,
    rows,
    columns: [
      ...[{ name: 'Targets' }, { name: 'What' }, { name: 'Difference', decimals: 3, interval: true }],
      ...[{ name: 'Unit' }, { name: 'Images' }, ...pColumns],
      { name: 'Test' },
    ],
    notes: [
      `First minus second. Adjusted by Holm’s method for the ${tests.filter(({ p }) => p !== null).length} tests of this table. A test has the claim of its interval: marked a, it is about these very networks and says nothing about new trainings.`,
      ...sizesNotes(tests),
      intervalMethod,
    ],
  });
}

/** What was done about targets with different numbers of networks, once for all that it holds for. */
function sizesNotes(tests: readonly { pair: string; sizes: string | null }[]): string[] {
  const notes = Map.groupBy(tests, ({ sizes }) => sizes);
  return [...notes].flatMap(([sizes, of]) =>
    sizes === null ? [] : [`${[...new Set(of.map(({ pair }) => pair))].join(', ')}: ${sizes}`],
  );
}

/** The value of a test, under a claim. */
function row(whose: string, title: string, found: ShownInterval | undefined, people: string): Cell[][] {
  const shown = toInterval(found);
  if (!found || !shown) return [];
  const { estimate, lo, hi, claim, about, df } = found;
  const why = shown.undefined ?? '';
  return [
    [
      ...[whose, title, choiceText(claim, people, about), unitsText(found, [], people)],
      ...[estimate, lo, hi, df].map((value) => orWhy(value, why)),
    ],
  ];
}

/** Intervals of shares and coefficients, and for whom each holds. */
export function intervalsExhibit(view: View): Exhibit {
  const people = peopleWord(view);
  const ofPeople = view.data.analysis?.humans.intervals;
  const rows = [
    ...Object.entries(peopleTitles).flatMap(([name, title]) =>
      row(view.people, title, ofPeople?.[name as keyof typeof peopleTitles], people),
    ),
    ...view.groups.flatMap(({ target, group }) =>
      Object.entries(networkTitles(view)).flatMap(([name, title]) =>
        row(`Networks, ${targetTitle(target)}`, title, group.intervals?.[name as TableValue], people),
      ),
    ),
  ];
  return {
    id: 'intervals',
    number: '',
    title: '95 % intervals',
    people: true,
    rows,
    columns: [
      ...[{ name: 'Of' }, { name: 'Statistic' }, { name: 'Holds for other anchors, with' }, { name: 'Units' }],
      ...['Value', 'From', 'To'].map((name) => ({ name, decimals: 3 })),
      { name: 'Degrees of freedom', heading: 'df', decimals: 1 },
    ],
    notes: [
      intervalMethod,
      named(
        view,
        'Every interval of this table holds for other anchors and pairs of classes (for other images, where these lie between no classes), with these networks and people, or also with others like them. Units: what is independent, anchors where pairs of classes share them, else pairs, or images without pairs. Degrees of freedom (df): how much is known of the spread; with few, intervals are wide.',
      ),
      ...(view.choice.formats.includes('json')
        ? [
            'tables.json has these as “intervals”, and as “bootstrap” the percentile intervals of metrics.md 8, which are too narrow where pairs share anchors.',
          ]
        : []),
    ],
  };
}

const peopleTitles = {
  human_disagree_pct: 'Do not all agree, %',
  krippendorff_alpha: 'Krippendorff’s α',
  fleiss_kappa: 'Fleiss’ κ',
  cohen_kappa: 'Cohen’s κ, mean of pairs',
} as const;

function networkTitles(view: View): Partial<Record<TableValue, string>> {
  const share = (name: ImageClass, unit = ', %'): string => `${typeInFiles(view, name)}${unit}`;
  return {
    any_differ_pct: 'Any networks differ, % of all images',
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
    js_bits: `Jensen–Shannon divergence from ${peopleWord(view)}, bits, of labeled images`,
    ...Object.fromEntries(imageClasses.map((name) => [`max_softmax_${name}`, `Largest softmax, ${share(name, '')}`])),
    model_model_kappa: 'Error consistency κ, mean of pairs',
    human_model_kappa: named(view, 'Error consistency κ with people, mean of pairs'),
  };
}
