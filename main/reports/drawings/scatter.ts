import { type Html, html } from '../html.ts';
import { classOfCategory, classMeaning } from '../../exhibits/study-numbers.ts';
import { linked } from '../frame.ts';
import { drawsEach, listsImages, type View } from '../../exhibits/view.ts';
import { plot, type PlotScales, round } from './plot.ts';
import { targetTitle } from '../../domain/targets.ts';

interface Point {
  x: number;
  y: number;
  image: number;
}

/** Entropy of people's labels against that of the votes: a mark an image, or of very many images one a place. */
export function entropyScatter(view: View, target: string): Html | null {
  const group = view.groups.find((each) => each.target === target)?.group;
  const people = view.data.analysis?.humans.entropy_bits ?? [];
  const points = (group?.entropy.vote_bits ?? []).flatMap((votes, image) => {
    const own = people[image];
    return votes === null || own == null ? [] : [{ x: own, y: votes, image }];
  });
  if (!group || points.length === 0) return null;
  const high = Math.max(1, ...points.flatMap(({ x, y }) => [x, y]));
  const to = Math.ceil(high * 2) / 2;
  const ticks = Array.from({ length: to * 2 + 1 }, (_, at) => at / 2);
  const rho = group.entropy.spearman_vote;
  const spoken = `${points.length} images at ${targetTitle(target)}; rank correlation ${rho === null ? 'not defined' : rho.toFixed(2)}`;
  const axis = { from: -to * 0.03, to: to * 1.03, ticks };
  const x = { ...axis, title: `entropy of ${view.people.toLowerCase()}, bits` };
  return plot(
    { spoken, links: listsImages(view), width: 320, height: 280, x, y: { ...axis, title: 'entropy of votes, bits' } },
    (at) => {
      const typeOf = (image: number): Type => classOfCategory(group.fig4.category[image]);
      if (!drawsEach(view)) return crowds(points, at, typeOf);
      return points.map(({ x: own, y: votes, image }) => {
        const type = typeOf(image);
        const id = view.data.stimuli.items[image]?.id;
        return linked(
          view,
          id,
          html`<path class="dot ${type ?? 'undetermined'}" d="${markPath(type, at.x(own), at.y(votes))}"><title>Image ${id}, ${classMeaning(type)}: ${own.toFixed(2)} and ${votes.toFixed(2)} bits</title></path>`,
        );
      });
    },
  );
}

/** Pixels between the places at which images are counted, and from how many images on the mark is how large. */
const place = 4;
const crowdSizes = [
  { from: 20, size: 4 },
  { from: 5, size: 3.2 },
  { from: 2, size: 2.4 },
  { from: 1, size: 1.6 },
] as const;

/** What the sizes of `crowds` mean. */
export const crowdWords = '1, 2 to 4, 5 to 19, or 20 and more';

/** A square for all images of one type at a place, the larger the more they are: one path a type. */
function crowds(points: readonly Point[], at: PlotScales, typeOf: (image: number) => Type): Html[] {
  const onGrid = (value: number): number => place * Math.round(value / place);
  const types = Map.groupBy(points, ({ image }) => typeOf(image) ?? 'undetermined');
  return [...types].map(([type, own]) => {
    const places = Map.groupBy(own, ({ x, y }) => `${onGrid(at.x(x))} ${onGrid(at.y(y))}`);
    const squares = [...places].map(([key, { length }]) => {
      const [x = 0, y = 0] = key.split(' ').map(Number);
      const size = crowdSizes.find(({ from }) => length >= from)?.size ?? 0;
      return `M${round(x - size / 2)} ${round(y - size / 2)}h${size}v${size}h-${size}z`;
    });
    return html`<path class="crowd ${type}" d="${squares.join('')}" />`;
  });
}

type Type = ReturnType<typeof classOfCategory>;

/** Types differ in shape as well as in color. */
function markPath(type: Type, x: number, y: number): string {
  if (type === 'type_a') return `M${round(x - 4)} ${round(y - 4)}h8v8h-8z`;
  if (type === 'type_c') return `M${x} ${round(y - 5)}l5 9h-10z`;
  return `M${round(x - 4)} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`;
}
