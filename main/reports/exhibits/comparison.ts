import { holm } from '../../analysis/holm.ts';
import type { ComparisonTest } from '../../analysis/comparison.ts';
import type { View } from '../view.ts';
import { type Exhibit, type ExhibitCell, orWhy } from './exhibit.ts';
import { intervalMethod } from './intervals.ts';

/** The same people stand on both sides: nothing to test. */
const aboutNetworks = ({ name }: ComparisonTest): boolean => name !== 'people disagree';

/** `because no image ...` as a sentence. */
const sentence = (because: string): string => {
  const text = because.replace(/^because /, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

/** Targets against each other, on the same images; all tests adjusted together. */
export function comparisonExhibit(view: View): Exhibit {
  const tests = view.data.comparisons.flatMap(({ first, second, tests: all }) =>
    all.filter(aboutNetworks).map((test) => ({ ...test, pair: `${first} vs ${second}` })),
  );
  const adjusted = holm(tests.map(({ p }) => p));
  const rows = tests.map(({ pair, name, about, difference, interval, n, p, method, ...test }, at): ExhibitCell[] => {
    const why = sentence(test.undefined ?? 'no image belongs to a pair');
    return [
      ...[pair, `${name}: ${about}`, test.in === 'percent' ? 'percent points' : 'bits'],
      difference === null
        ? { because: why }
        : { value: difference, lo: interval.pair?.lo ?? null, hi: interval.pair?.hi ?? null },
      ...[n, method, orWhy(p, why), orWhy(adjusted[at], why)],
    ];
  });
  return {
    ...{ id: 'comparison', number: '', title: 'Targets compared on the same images', people: true, rows },
    columns: [
      ...[{ name: 'Targets' }, { name: 'What' }, { name: 'Unit' }],
      { name: 'Difference', decimals: 2, interval: true },
      ...[{ name: 'Images' }, { name: 'Test' }, { name: 'p', decimals: 4 }, { name: 'p, adjusted', decimals: 4 }],
    ],
    notes: [
      `First minus second, with the 95 % interval that draws pairs of classes. Adjusted by Holm’s method for the ${tests.filter(({ p }) => p !== null).length} tests of this table. Networks are taken as fixed: the tests say nothing about new training runs.`,
      intervalMethod,
    ],
  };
}
