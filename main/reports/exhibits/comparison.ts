import { holm } from '../../analysis/paired-tests.ts';
import type { ComparisonTest } from '../../analysis/comparison.ts';
import { peopleWord } from '../../exhibits/study-numbers.ts';
import type { View } from '../view.ts';
import type { Cell, Exhibit } from '../../contract/exhibit.ts';
import { count, intervalMethod, orWhy, undefinedCell } from '../../exhibits/cells.ts';

/** The same people stand on both sides: nothing to test. */
const aboutNetworks = ({ name }: ComparisonTest): boolean => name !== 'people disagree';

/** `because no image ...` as a sentence. */
const sentence = (because: string): string => {
  const text = because.replace(/^because /, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

/** What the tests are called in a report. */
const titlesOf = (view: View): Readonly<Record<string, string>> => ({
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
  const titles = titlesOf(view);
  const rows = tests.map(({ pair, name, difference, interval, n, p, method, ...test }, at): Cell[] => {
    const why = sentence(test.undefined ?? 'no image belongs to a pair');
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
