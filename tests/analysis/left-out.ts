import { describe, expect, test } from 'vitest';
import type { ImageInput } from '../../main/analysis/outcomes/input.ts';
import {
  GroupJackknife,
  isOfPeople,
  type JackknifeInput,
  nameOf,
  type TableValue,
} from '../../main/analysis/claims/jackknife.ts';
import { type LabelMatrix, missing, takeRaters } from '../../main/analysis/labels/labels.ts';
import { at } from '../../main/domain/numbers/arrays.ts';
import { randomStream } from '../../main/domain/random/random.ts';

const classes = 4;
const pairs = [
  [0, 1],
  [1, 2],
  [2, 3],
  [0, 3],
  [0, 2],
] as const;
const images: readonly ImageInput[] = pairs.flatMap(([pairI, pairJ], pair) =>
  Array.from({ length: 9 }, (_, step) => ({ id: 9 * pair + step, pairI, pairJ, alpha: step / 8 })),
);

/** Raters who say the second class more often along alpha; with gaps where labels may be missing. */
function draw(seed: number, raters: number, gaps: number): LabelMatrix {
  const random = randomStream(seed, 'raters', raters);
  const values = Int16Array.from({ length: raters * images.length }, (_, place) => {
    const { pairI, pairJ, alpha } = at(images, place % images.length);
    if (random.float() < gaps) return missing;
    return (random.float() < (alpha ?? 0) ? pairJ : pairI) ?? 0;
  });
  return { raters, images: images.length, classes, values };
}

const softmax = (seed: number): Float64Array[] =>
  Array.from({ length: 6 }, (_, network) => {
    const random = randomStream(seed, 'softmax', network);
    return Float64Array.from({ length: images.length * classes }, () => random.float() / classes);
  });

/** Only these images, in their order. */
function only({ readSoftmax, ...input }: JackknifeInput, kept: readonly number[]): JackknifeInput {
  const labels = ({ raters, images: all, values }: LabelMatrix): LabelMatrix => ({
    raters,
    images: kept.length,
    classes,
    values: Int16Array.from({ length: raters * kept.length }, (_, place) => {
      return at(values, Math.floor(place / kept.length) * all + at(kept, place % kept.length));
    }),
  });
  return {
    images: kept.map((image) => at(images, image)),
    people: labels(peopleOf(input)),
    blocks: input.blocks,
    networks: labels(input.networks),
    readSoftmax:
      readSoftmax &&
      ((network) =>
        Float64Array.from(
          kept.flatMap((image) => [...readSoftmax(network).slice(image * classes, (image + 1) * classes)]),
        )),
  };
}

/** People who are known one by one. */
function peopleOf({ people }: Pick<JackknifeInput, 'people'>): LabelMatrix {
  if ('values' in people) return people;
  throw new Error('only counts are known');
}

const others = (count: number, left: readonly number[]): number[] =>
  Array.from({ length: count }, (_, rater) => rater).filter((rater) => !left.includes(rater));

/** Every value is left out of as if what is missing had never been there. */
export const checkLeftOut = (values: readonly TableValue[]): void =>
  describe.each([
    ['everybody labeled every image', 0],
    ['some labels are missing', 0.2],
  ])('where %s', (_, gaps) => {
    const rows = softmax(1);
    const input: JackknifeInput = {
      images,
      people: draw(1, 5, gaps),
      networks: draw(2, 6, 0),
      blocks: ['a', 'a', 'b', 'c', 'd', 'e'],
      readSoftmax: (network) => at(rows, network),
    };
    const jackknife = new GroupJackknife(input);

    test.each(values.map((value) => [nameOf(value), value] as const))(
      '%s is left out of as if it had never been there',
      (__, value) => {
        const same = (found: number, right: number, what: string): void => {
          if (Number.isNaN(right)) expect(found, what).toBeNaN();
          else expect(found, what).toBeCloseTo(right, 10);
        };
        const alone = (of: JackknifeInput): number => new GroupJackknife(of).all(value).at(-1) ?? Number.NaN;
        pairs.forEach((___, place) => {
          // Pairs of the jackknife ascend by (i, j).
          const own = at(jackknife.units.pairs, place);
          const kept = others(images.length, own);
          same(at(jackknife.all(value), place), alone(only(input, kept)), `without pair ${place}`);
        });
        for (const [place, block] of isOfPeople(value) ? [] : jackknife.blocks.entries()) {
          const kept = others(
            6,
            [...input.blocks.keys()].filter((network) => input.blocks[network] === block),
          );
          const left = {
            images,
            people: input.people,
            networks: takeRaters(input.networks, kept),
            blocks: kept.map((network) => at(input.blocks, network)),
            readSoftmax: (network: number) => at(rows, at(kept, network)),
          };
          const found = at(jackknife.withoutBlocks(value), place);
          same(at(found, pairs.length), alone(left), `without block ${block}`);
        }
        jackknife.withoutLabelers(value)?.forEach((found, labeler) => {
          const left = { ...input, people: takeRaters(peopleOf(input), others(5, [labeler])) };
          const right = new GroupJackknife(left).all(value);
          right.forEach((expected, place) => same(at(found, place), expected, `without labeler ${labeler}, ${place}`));
        });
      },
    );
  });
