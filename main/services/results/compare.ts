import { compareSides } from '../../analysis/comparison.ts';
import { groupBy } from '../../analysis/order.ts';
import type { CompareResult } from '../../contract/api/results-compare.ts';
import { toInterval } from './quantity.ts';
import { aboutPeople, type GroupResult } from './view.ts';

/** First against second, and the images whose type is not the same. */
export function compareOf(a: GroupResult, b: GroupResult): CompareResult {
  const sides = { a: sideOf(a), b: sideOf(b) };
  if (a.people.source.setHash !== b.people.source.setHash) {
    const why = 'because the two studies have other stimuli: their images cannot be compared one by one';
    return { ...sides, undefined: why, images: 0, tests: [], changed: [], transitions: [] };
  }
  const ids = a.people.context.input.imageIds;
  const side = ({ view, people }: GroupResult) => ({ view, humans: people.context.humans.view });
  const { images, tests, changed } = compareSides(side(a), side(b), a.people.context.pairs);
  const both = ids.flatMap((id, image) => {
    const [from, to] = [a.view.classified.classes[image], b.view.classified.classes[image]];
    return from && to ? [{ id, from, to }] : [];
  });
  const transitions = groupBy(both, ({ from, to }) => `${from} ${to}`);
  return {
    ...sides,
    undefined: null,
    images,
    tests: tests.map((test) => ({ ...test, interval: toInterval(test.interval) })),
    changed: changed.map((change) => ({ ...change, image: ids[change.image]! })),
    transitions: [...transitions.values()].map((all) => ({
      a: all[0]!.from,
      b: all[0]!.to,
      images: all.map(({ id }) => id),
    })),
  };
}

const sideOf = ({ people, title, models }: GroupResult): CompareResult['a'] => ({
  ...aboutPeople(people),
  study: people.source.study.name,
  title,
  models: models.length,
});
