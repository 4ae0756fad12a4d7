import type { ImageClass } from '../analysis/outcomes/image-types.ts';
import { imageClasses } from '../analysis/outcomes/image-types.ts';
import type { Group } from '../contract/results/exhibit.ts';
import type { BarsChart, Figure, PointsChart } from '../contract/results/figure.ts';
import { at } from '../domain/numbers/arrays.ts';
import { formatCount, formatFixed, peopleWord } from '../domain/numbers/format.ts';
import { typeMeaning, typeName } from '../domain/stimuli/image-types.ts';
import { whyNotOfKind } from '../domain/results/response-kinds.ts';
import type { StudyNumbers } from './parts/study-numbers.ts';

export type Whose = Pick<StudyNumbers, 'rehearsal'>;

/** A group of networks, as a chart of its own. */
export interface Titled {
  readonly title: string;
  /** As pages ask for it. */
  readonly choice: Group;
}

/** Bars of a histogram. */
const bars = 10;
/** Bins that `results.which` knows the largest softmax by. */
const askedBins = 40;

/** The bin of a value. */
export const softmaxBin = (value: number): number =>
  Math.min(askedBins - 1, Math.max(0, Math.floor(value * askedBins)));

/** How the largest softmax is spread over each type. @param groups `counts`: values in bins of equal width from 0 to 1, a multiple of ten */
export function softmaxFigure(
  whose: Whose,
  groups: readonly (Titled & { readonly counts: Readonly<Record<ImageClass, readonly number[]>> })[],
): Figure {
  const people = peopleWord(whose);
  return {
    id: 'softmax-by-type',
    title: 'Distribution of the largest softmax, by type',
    people: true,
    charts: groups.flatMap(({ title, choice, counts }): BarsChart[] => {
      const types = imageClasses.filter((type) => counts[type].some((count) => count > 0));
      if (types.length === 0) return [];
      return [
        {
          kind: 'bars',
          title,
          xTitle: 'Largest softmax',
          y: { title: 'Percent of values of the type' },
          series: types.map((type) => ({ name: typeName(type, people), hue: type })),
          categories: Array.from({ length: bars }, (_, bar) => ({
            name: barName(bar),
            bars: types.map((type) => {
              const width = counts[type].length / bars;
              const n = sum(counts[type].slice(bar * width, (bar + 1) * width));
              const asked = { from: (bar * askedBins) / bars, to: ((bar + 1) * askedBins) / bars };
              const which = { kind: 'softmax', type, ...asked } as const;
              const name = `${typeName(type, people)}, softmax ${barName(bar)}`;
              return {
                value: (100 * n) / sum(counts[type]),
                n,
                opens: { kind: 'which', group: choice, which, title: name },
              };
            }),
          })),
        },
      ];
    }),
    notes: ['One value for each network and image of the type.'],
  };
}

const barName = (bar: number): string => `${bar / bars}–${(bar + 1) / bars}`;

export const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** An image with how unsure people and networks are of it, in bits; null: not defined. */
interface UnsureImage {
  readonly id: number;
  readonly type: ImageClass | null;
  readonly people: number | null;
  readonly votes: number | null;
}

const marks: readonly {
  type: ImageClass | null;
  letter: string;
  hue: PointsChart['kinds'][number]['hue'];
  mark: PointsChart['kinds'][number]['mark'];
}[] = [
  { type: 'type_a', letter: 'A: ', hue: 'type_a', mark: 'square' },
  { type: 'type_c', letter: 'C: ', hue: 'type_c', mark: 'triangle' },
  { type: 'both_disagree', letter: 'B in part: ', hue: 'both_disagree', mark: 'circle' },
  { type: 'both_agree', letter: 'B or exception: ', hue: 'both_agree', mark: 'circle' },
  { type: null, letter: '', hue: 'soft', mark: 'cross' },
];

/** Entropy of people's labels against that of the networks' votes. Images of one type with equal values share a mark. */
export function entropyFigure(
  whose: Pick<StudyNumbers, 'rehearsal' | 'response'>,
  groups: readonly { readonly title: string; readonly rank: number | null; readonly images: readonly UnsureImage[] }[],
): Figure {
  const people = peopleWord(whose);
  const charts = groups.flatMap(({ title, rank, images }): PointsChart[] => {
    const kinds = marks.flatMap(({ type, letter, hue, mark }) => {
      const name = type === null ? 'No type' : `${letter}${typeMeaning(type, people)}`;
      const points = spotsOf(
        images.filter((image) => image.type === type),
        name,
      );
      return points.length === 0 ? [] : [{ name, hue, mark, points }];
    });
    if (kinds.length === 0) return [];
    const n = sum(kinds.flatMap(({ points }) => points.map(({ count = 1 }) => count)));
    return [
      {
        kind: 'points',
        title,
        n: `n = ${formatCount(n, 'image')}; area of a mark: number of images; rank correlation ${rank === null ? 'not defined' : formatFixed(rank, 2)}`,
        x: { title: `Entropy of ${people} (bits)`, from: 0, decimals: 2 },
        y: { title: 'Entropy of the networks’ votes (bits)', from: 0, decimals: 2 },
        kinds,
      },
    ];
  });
  const none =
    whyNotOfKind(whose.response, 'shares') ?? 'Nobody has labeled yet, so the entropy of people is not defined.';
  return {
    id: 'entropy',
    title: `Are networks unsure where ${people} are?`,
    people: true,
    charts,
    notes: charts.length > 0 ? [] : [none],
  };
}

/** A mark of more images than these says how many they are. */
const mostNamed = 6;

function spotsOf(images: readonly UnsureImage[], kind: string): PointsChart['kinds'][number]['points'] {
  const known = images.flatMap(({ id, people: x, votes: y }) => (x === null || y === null ? [] : [{ id, x, y }]));
  return [...Map.groupBy(known, ({ x, y }) => `${x.toFixed(9)} ${y.toFixed(9)}`).values()].map((own) => {
    const ids = own.map(({ id }) => id);
    const { x, y } = at(own, 0);
    const isNamed = ids.length <= mostNamed;
    const name = isNamed
      ? `${ids.length === 1 ? 'Image' : 'Images'} ${ids.join(', ')}`
      : formatCount(ids.length, 'image');
    return {
      x,
      y,
      name,
      ...(ids.length > 1 && { count: ids.length }),
      opens: { kind: 'images', images: ids, title: kind } as const,
    };
  });
}
