import { holm } from '../../../analysis/groups/index.ts';
import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { peopleWord } from '../../../domain/numbers/index.ts';
import {
  count,
  intervalMethod,
  oncePerView,
  orWhy,
  pColumns,
  type StudyView,
  toInterval,
  undefinedCell,
  type ViewedGroup,
  withIntervals,
} from '../../../exhibits/parts/index.ts';
import { differenceDecimals } from '../contract/test.ts';
import { compareSides, type ComparisonTest, type Side } from '../analysis/comparison.ts';

/** Tests about networks: people are the same on both sides, which leaves nothing to test. */
const aboutNetworks = ({ name }: ComparisonTest): boolean => name !== 'people disagree';

/** What the tests are called in a report. */
const testTitles = (study: StudyView): Readonly<Record<string, string>> => ({
  'type A': 'Images of type A',
  'type C': 'Images of type C',
  'networks disagree': 'Images on which networks disagree',
  'misclassified by any': 'Images that some network has wrong',
  'misclassified per network': 'Networks that are wrong',
  'pairwise disagreement': 'Pairs of networks that differ',
  'divergence from people': `Divergence of softmax from ${peopleWord(study)}`,
});

const sideOf = (study: StudyView, { view, claims }: ViewedGroup): Side => ({
  view: view(),
  humans: study.context().humans,
  claims: claims(),
});

/** Targets against each other, on the same images; all tests adjusted together. */
export const comparisonExhibit = oncePerView((study: StudyView): Exhibit => {
  const { claim } = study.context();
  const tests = study.groups.flatMap((first, place) =>
    study.groups.slice(place + 1).flatMap((second) =>
      compareSides(sideOf(study, first), sideOf(study, second), { people: true, networks: false }, claim)
        .tests.filter(aboutNetworks)
        .map((test) => ({ ...test, pair: `${first.target} vs ${second.target}` })),
    ),
  );
  const adjusted = holm(tests.map(({ p }) => p));
  const titles = testTitles(study);
  const rows = tests.map(({ pair, name, difference, interval, n, p, method, ...test }, at): Cell[] => {
    const shown = toInterval(interval);
    const why = test.undefined ?? shown?.undefined ?? 'It is undefined.';
    return [
      ...[pair, titles[name] ?? name],
      difference === null
        ? undefinedCell(why)
        : { ...count(difference), interval: shown, decimals: differenceDecimals(test) },
      ...[test.in === 'percent' ? '% points' : 'bits', n, orWhy(p, why), orWhy(adjusted[at], why), method],
    ];
  });
  return withIntervals(study, {
    id: 'comparison',
    number: '',
    title: 'Targets compared on the same images',
    people: true,
    rows,
    columns: [
      ...[{ name: 'Targets' }, { name: 'What' }, { name: 'Difference', interval: true }],
      ...[{ name: 'Unit' }, { name: 'Images' }, ...pColumns],
      { name: 'Test' },
    ],
    notes: [
      `First minus second. Adjusted by Holm’s method for the ${tests.filter(({ p }) => p !== null).length} tests of this table. A test has the claim of its interval: marked a, it is about these very networks and says nothing about new trainings.`,
      ...sizesNotes(tests),
      intervalMethod,
    ],
  });
});

/** What was done about targets with different numbers of networks, once for all that it holds for. */
function sizesNotes(tests: readonly { pair: string; sizes: string | null }[]): string[] {
  const notes = Map.groupBy(tests, ({ sizes }) => sizes);
  return [...notes].flatMap(([sizes, of]) =>
    sizes === null ? [] : [`${[...new Set(of.map(({ pair }) => pair))].join(', ')}: ${sizes}`],
  );
}
