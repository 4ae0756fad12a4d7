import { compareSides, type ComparisonTest, type Shared } from './analysis/comparison.ts';
import type { CompareResult } from './contract/compare.ts';
import { toInterval } from '../../exhibits/parts/index.ts';
import { answerHeader, answerKeys, type GroupResult } from '../../services/results/index.ts';

/** Differences of two groups, with tests, and the images whose type changed. */
export function compareGroups(a: GroupResult, b: GroupResult): CompareResult {
  const sides = { a: toSide(a), b: toSide(b) };
  if (a.people.source.setHash !== b.people.source.setHash) {
    const why = 'The two studies have different stimuli.';
    const nothing = { images: 0, typed: 0, tests: [], changed: [], transitions: [] };
    return { ...sides, undefined: why, ...nothing, typedOnce: { first: [], second: [] } };
  }
  const ids = a.people.context.input.imageIds;
  const named = (places: readonly number[]): number[] => places.map((image) => ids[image]!);
  const side = ({ view, claims, people }: GroupResult) => ({
    view,
    claims,
    humans: people.context.humans,
  });
  const { claim } = a.people.context;
  const { images, tests, changed, typedOnce } = compareSides(side(a), side(b), sharedRaters(a, b), claim);
  const both = ids.flatMap((id, image) => {
    const [from, to] = [a.view.classified.classes[image], b.view.classified.classes[image]];
    return from && to ? [{ id, from, to }] : [];
  });
  const transitions = Map.groupBy(both, ({ from, to }) => `${from} ${to}`);
  return {
    ...sides,
    undefined: null,
    images,
    typed: both.length,
    tests: tests.map((test) => toTest(test, named)),
    changed: changed.map((change) => ({ ...change, image: ids[change.image]! })),
    typedOnce: { first: named(typedOnce.first), second: named(typedOnce.second) },
    transitions: [...transitions.values()].map((all) => ({
      a: all[0]!.from,
      b: all[0]!.to,
      images: all.map(({ id }) => id),
    })),
  };
}

function toTest(
  { interval, discordant, ...test }: ComparisonTest,
  named: (places: readonly number[]) => number[],
): CompareResult['tests'][number] {
  return {
    ...test,
    interval: toInterval(interval),
    discordant: discordant && { first: named(discordant.first), second: named(discordant.second) },
  };
}

/** Raters with the same answers are the same, even if they are stored in two studies. */
function sharedRaters(a: GroupResult, b: GroupResult): Shared {
  const answers = (keys: readonly string[]): string => [...keys].sort().join(' ');
  const people = ({ people: { answers: given, labelers, source } }: GroupResult) =>
    answers(answerKeys({ people: given, labelers, otherAnswers: source.otherAnswers }));
  const networks = ({ models }: GroupResult) => answers(models.map(({ key }) => key));
  return { people: people(a) === people(b), networks: networks(a) === networks(b) };
}

const toSide = ({ people, title, models }: GroupResult): CompareResult['a'] => ({
  ...answerHeader(people),
  study: people.source.study.name,
  title,
  models: models.length,
});
