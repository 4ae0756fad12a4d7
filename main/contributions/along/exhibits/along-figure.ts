import { groupAlong, peopleAlong } from '../analysis/part.ts';
import { pairName, type PairRow } from '../../../analysis/outcomes/index.ts';
import { imageCounts } from '../../../analysis/labels/index.ts';
import type { AlongCurves } from '../contract.ts';
import type { Figure, LinesChart } from '../../../contract/results/index.ts';
import { at, className, heightAt, peopleWord } from '../../../domain/numbers/index.ts';
import { architectureStyle } from '../../../domain/results/index.ts';
import { curvePoints, type DrawnCurve } from '../analysis/drawn-curve.ts';
import type { AllCurves } from './curves.ts';
import { named, type StudyNumbers, type StudyView, type ViewedGroup } from '../../../exhibits/parts/index.ts';

type Series = LinesChart['series'][number];
type Counts = ArrayLike<number> | null;

/** Raters whose answers along a pair are drawn: people, or a group of networks. */
export interface DrawnRaters {
  readonly title: string;
  readonly of: 'labelers' | 'models';
  /** The one architecture of its networks; null: they have several. */
  readonly architecture: string | null;
  /** Labels or mean softmax of an image by class, and votes; null: not known. */
  readonly softmax: (image: number) => Counts;
  readonly votes: (image: number) => Counts;
  /** Where the majority flips; null: at no clear place. */
  readonly flip: number | null;
  readonly curve: DrawnCurve | null;
}

/** One pair along alpha: its images, and who answers. */
interface DrawnPair {
  readonly row: PairRow;
  readonly alphas: readonly number[];
  /** Ids of its images, which points open. */
  readonly ids: readonly number[];
  readonly from: string;
  readonly to: string;
  readonly raters: readonly DrawnRaters[];
}

/** A pair with answers of people, if any labeled, then of each group. @param fitted of these raters; absent: no curves are drawn */
export function alongPair(
  study: StudyView,
  row: PairRow,
  groups: readonly ViewedGroup[],
  fitted?: AllCurves['fitted'][number],
): DrawnPair {
  const { input, humans } = study.context();
  const name = pairName(row, input.classes);
  const labels = (image: number): Counts => imageCounts(humans.votes, image);
  const people: Omit<DrawnRaters, 'curve'> = {
    title: peopleWord(study),
    of: 'labelers',
    architecture: null,
    softmax: labels,
    votes: labels,
    flip: (study.humans && peopleAlong(study.humans).alpha_star[name]?.majority?.alpha_star) ?? null,
  };
  const networks = groups.map(({ name: title, group, view }): typeof people => {
    const { answers, counts, group: members, softmax } = view();
    const { mean } = softmax.ensemble;
    const [kind = null, ...others] = new Set(members.members.map((model) => at(input.models, model).architecture));
    return {
      title,
      of: 'models',
      architecture: others.length === 0 ? kind : null,
      softmax: (image) =>
        answers === 'softmax' ? mean.subarray(image * input.classes, (image + 1) * input.classes) : null,
      votes: (image) => imageCounts(counts, image),
      flip: groupAlong(group).alpha_star.pairs[name]?.majority?.alpha_star ?? null,
    };
  });
  return {
    row,
    alphas: row.images.map((image) => at(input.images, image).alpha ?? 0),
    ids: row.images.map((image) => at(study.imageIds, image)),
    from: className(study.classes, row.i),
    to: className(study.classes, row.j),
    raters: [...(study.labelers > 0 ? [people] : []), ...networks].map((of, place) => {
      const { centre = null, slope = null, lapse = null } = fitted?.[place]?.all ?? {};
      return { ...of, curve: centre === null ? null : { centre, slope, lapse } };
    }),
  };
}

/** Shares of the second class along a pair, with flip points or centers as rings, and shares of third classes. */
export function alongChart(whose: Pick<StudyNumbers, 'rehearsal'>, pair: DrawnPair, shown: AlongCurves): LinesChart {
  const { from, to, alphas, ids, raters } = pair;
  const people = peopleWord(whose);
  const styles = raters.map((of, place) => styleOf(of, place - raters.filter((each) => each.of === 'labelers').length));
  const nameOf = ({ title, of }: DrawnRaters): string => (of === 'labelers' ? people : title);
  const what = ({ of }: DrawnRaters): string =>
    of === 'labelers' ? 'share of labels' : shown === 'votes' ? 'share of votes' : 'mean softmax';
  const series = raters.flatMap((of, place): Series[] => {
    const style = at(styles, place);
    const points = shares(pair, of, shown);
    if (shown !== 'fitted') return [{ name: `${nameOf(of)}: ${what(of)}`, ...style, points }];
    const ends = [alphas[0] ?? 0, alphas.at(-1) ?? 1] as const;
    const curve = of.curve ? curvePoints(of.curve, ends).map(([x, y]) => ({ x, y })) : [];
    const fitted: Series = { name: nameOf(of), hue: style.hue, dash: style.dash, points: curve };
    return [{ name: `${nameOf(of)}: ${what(of)}`, ...style, dash: 'none', weight: 'faint', points }, fitted];
  });
  const thirds = raters.flatMap((of, place): Series[] => {
    if (shown === 'fitted') return [];
    const { hue } = at(styles, place);
    const dash = at(thirdDashes, place % thirdDashes.length);
    return [{ name: `${nameOf(of)}: third classes`, hue, dash, points: thirdShares(pair, of, shown) }];
  });
  const heightOf = (of: DrawnRaters, x: number): number | null => {
    const line = shares(pair, of, shown).map((point) => [point.x, point.y] as const);
    return shown === 'fitted' ? 0.5 : heightAt(line, x);
  };
  const rings = raters.flatMap((of, place) => {
    const x = shown === 'fitted' ? (of.curve?.centre ?? null) : of.flip;
    const y = x === null ? null : heightOf(of, x);
    if (x === null || y === null) return [];
    const name = `${nameOf(of)}: ${shown === 'fitted' ? 'center' : 'flip'} at ${x.toFixed(2)}`;
    return [{ x, y, name, hue: at(styles, place).hue }];
  });
  return {
    kind: 'lines',
    title: `Share of ${to} from ${from} to ${to}`,
    x: { title: 'Alpha', from: 0, to: 1 },
    y: { title: `Share of ${to}`, from: 0, to: 1 },
    series: [...series, ...thirds]
      .filter(({ points }) => points.length > 0)
      .map((of) => ({ ...of, points: of.points.map((point) => opening(point, alphas, ids)) })),
    markers: rings,
    ringName: shown === 'fitted' ? 'Centers, each on its curve' : 'Flip points, each on its curve',
  };
}

/** Dots, of another pattern for each group: groups of one architecture share a hue. */
const thirdDashes = ['dots', 'wide-dots', 'two-dots', 'three-dots'] as const;

/** The first group of networks is blue, as on every screen; others have the hue and the mark of their architecture. */
function styleOf({ of, architecture }: DrawnRaters, place: number): Pick<Series, 'hue' | 'dash' | 'mark'> {
  if (of === 'labelers') return { hue: 'people', dash: 'long' };
  const dash = (['none', 'long', 'short', 'mixed'] as const)[place % 4] ?? 'none';
  if (place <= 0) return { hue: 'networks', dash };
  return architecture === null ? { hue: 'type_a', dash } : { dash, ...architectureStyle(architecture) };
}

type Point = Series['points'][number];

function shares({ row, alphas }: DrawnPair, of: DrawnRaters, shown: AlongCurves): Point[] {
  return row.images.flatMap((image, place): Point[] => {
    const counts = (shown === 'votes' ? of.votes : of.softmax)(image);
    // A curve is fitted to the answers for one of the two classes.
    const total = counts && (shown === 'fitted' ? at(counts, row.i) + at(counts, row.j) : sumOf(counts));
    return counts && total ? [{ x: at(alphas, place), y: at(counts, row.j) / total }] : [];
  });
}

/** Shares of classes outside the pair; empty if there are none. */
function thirdShares({ row, alphas }: DrawnPair, of: DrawnRaters, shown: AlongCurves): Point[] {
  const points = row.images.flatMap((image, place): Point[] => {
    const counts = (shown === 'votes' ? of.votes : of.softmax)(image);
    const total = counts && sumOf(counts);
    if (!counts || !total) return [];
    return [{ x: at(alphas, place), y: Math.max(0, 1 - (at(counts, row.i) + at(counts, row.j)) / total) }];
  });
  return points.some(({ y }) => y > 0.005) ? points : [];
}

const sumOf = (counts: ArrayLike<number>): number => Array.from(counts).reduce((sum, count) => sum + count, 0);

/** A point at the alpha of an image opens it. */
function opening(point: Point, alphas: readonly number[], ids: readonly number[]): Point {
  const id = ids[alphas.indexOf(point.x)];
  return id === undefined ? point : { ...point, opens: { kind: 'images', images: [id], title: `Image ${id}` } };
}

/** The psychometric curves of all pairs: of people, dashed, and of each group of networks, a chart each. */
export function allCurvesFigure(whose: Pick<StudyNumbers, 'rehearsal'>, { raters, fitted, rows }: AllCurves): Figure {
  const curvesOf = (place: number): Series[] =>
    fitted.flatMap((ofPair): Series[] => {
      const { all } = at(ofPair, place);
      const { title, of } = at(raters, place);
      if (all.centre === null) return [];
      const points = curvePoints({ ...all, centre: all.centre }, [0, 1]).map(([x, y]) => ({ x, y }));
      const style =
        of === 'labelers' ? ({ hue: 'people', dash: 'long' } as const) : ({ hue: 'networks', dash: 'none' } as const);
      return [{ name: of === 'labelers' ? title : 'Networks: mean softmax', ...style, weight: 'thin', points }];
    });
  const people = [...raters.keys()].filter((place) => at(raters, place).of === 'labelers');
  const groups = [...raters.keys()].filter((place) => at(raters, place).of === 'models');
  const sets = groups.length === 0 ? [people] : groups.map((place) => [...people, place]);
  return {
    id: 'curves-figure',
    title: 'Psychometric curves of all pairs',
    people: people.length > 0,
    charts: sets.flatMap((places): LinesChart[] => {
      const series = places.flatMap(curvesOf);
      if (series.length === 0) return [];
      const counts = places.map(
        (place) => `${at(raters, place).title}: ${curvesOf(place).length} of ${rows.length} pairs`,
      );
      return [
        {
          kind: 'lines',
          title: at(raters, places.at(-1) ?? 0).title,
          n: counts.join('; '),
          x: { title: 'Alpha', from: 0, to: 1 },
          y: { title: 'Chance of the second class', from: 0, to: 1 },
          series,
        },
      ];
    }),
    notes: [named(whose, 'The chance of the second class along alpha, a curve for each pair that has one.')],
  };
}
