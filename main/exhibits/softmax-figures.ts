import type { ImageClass } from '../analysis/image-types.ts';
import { imageClasses } from '../analysis/image-types.ts';
import type { Calibration } from '../analysis/scores.ts';
import type { Group } from '../contract/exhibit.ts';
import type { BarsChart, Figure, LinesChart, PointsChart } from '../contract/figure.ts';
import { at } from '../domain/arrays.ts';
import { formatCount, formatFixed, peopleWord } from '../domain/format.ts';
import { typeMeaning, typeName } from '../domain/image-types.ts';
import { whyNotOfKind } from '../domain/response-kinds.ts';
import type { StudyNumbers } from './study-numbers.ts';

type Whose = Pick<StudyNumbers, 'rehearsal'>;

/** A group of networks, as a chart of its own. */
interface Titled {
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

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** How often networks agree with the majority of people, by how sure they are. */
export function reliabilityFigure(
  whose: Whose,
  groups: readonly (Titled & {
    /** Images with a majority. */
    readonly n: number;
    /** All networks together, by their mean softmax; null: not known. */
    readonly ensemble: Calibration | null;
    readonly each: readonly Calibration[];
  })[],
): Figure {
  const people = peopleWord(whose);
  return {
    id: 'reliability',
    title: `How often networks agree with the majority of ${people}, by softmax`,
    people: true,
    charts: groups.flatMap(({ title, choice, n, ensemble, each }): LinesChart[] => {
      const single = curveOf(pool(each), 'any', choice);
      if (single.length === 0) return [];
      const ends = [0, 1].map((end) => ({ x: end, y: end }));
      return [
        {
          kind: 'lines',
          title,
          n: `n = ${formatCount(n, 'image')} with a majority; 15 bins`,
          x: { title: 'Mean softmax of the bin', from: 0, to: 1 },
          y: { title: `Share that agrees with ${people}`, from: 0, to: 1 },
          series: [
            { name: 'Perfect calibration', hue: 'soft', dash: 'long', weight: 'thin', points: ends },
            ...(ensemble
              ? [
                  {
                    name: 'Ensemble (mean softmax)',
                    hue: 'networks' as const,
                    dash: 'none' as const,
                    points: curveOf(binsOf(ensemble), 'ensemble', choice),
                  },
                ]
              : []),
            { name: 'Single networks', hue: 'type_a', dash: 'long', points: single },
          ],
        },
      ];
    }),
    notes: [],
  };
}

type Bin = { readonly n: number; readonly correct: number; readonly confidence: number };

const binsOf = ({ count, correct, confidence }: Calibration): Bin[] =>
  Array.from(count, (n, bin) => ({ n, correct: at(correct, bin), confidence: at(confidence, bin) }));

/** Bins of several networks together. */
function pool(all: readonly Calibration[]): Bin[] {
  const bins = all.map(binsOf);
  return (bins[0] ?? []).map((_, bin) => {
    const own = bins.map((each) => at(each, bin));
    const total = (key: keyof Bin): number => sum(own.map((of) => of[key]));
    return { n: total('n'), correct: total('correct'), confidence: total('confidence') };
  });
}

/** Share of right answers by the mean confidence of each bin that has values. */
const curveOf = (bins: readonly Bin[], of: 'ensemble' | 'any', choice: Group): LinesChart['series'][number]['points'] =>
  bins.flatMap(({ n, correct, confidence }, bin) => {
    if (n === 0) return [];
    const [from, to] = [bin, bin + 1].map((edge) => Number((edge / bins.length).toFixed(3)));
    const title = `${of === 'ensemble' ? 'Ensemble' : 'Any network'}, softmax ${from}–${to}`;
    const which = { kind: 'calibration-bin', bin, of } as const;
    return [
      {
        x: confidence / n,
        y: correct / n,
        n,
        opens: { kind: 'which' as const, group: choice, which, title },
      },
    ];
  });

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
