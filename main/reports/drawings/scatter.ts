import { type Html, html } from '../html.ts';
import { classOfCategory, classMeaning } from '../../exhibits/study-numbers.ts';
import { linked } from '../frame.ts';
import { listsImages, type View } from '../../exhibits/view.ts';
import { plot, round } from './plot.ts';

/** Entropy of people's labels against that of the votes, a point an image; the mark says its type. */
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
  const spoken = `${points.length} images at ${target} %; rank correlation ${rho === null ? 'not defined' : rho.toFixed(2)}`;
  const axis = { from: -to * 0.03, to: to * 1.03, ticks };
  const x = { ...axis, title: `entropy of ${view.people.toLowerCase()}, bits` };
  return plot(
    { spoken, links: listsImages(view), width: 320, height: 280, x, y: { ...axis, title: 'entropy of votes, bits' } },
    (at) =>
      points.map(({ x: own, y: votes, image }) => {
        const type = classOfCategory(group.fig4.category[image]);
        const id = view.data.stimuli.items[image]?.id;
        return linked(
          view,
          id,
          html`<path class="dot ${type ?? 'undetermined'}" d="${markPath(type, at.x(own), at.y(votes))}"><title>Image ${id}, ${classMeaning(type)}: ${own.toFixed(2)} and ${votes.toFixed(2)} bits</title></path>`,
        );
      }),
  );
}

/** Types differ in shape as well as in colour. */
function markPath(type: ReturnType<typeof classOfCategory>, x: number, y: number): string {
  if (type === 'type_a') return `M${round(x - 4)} ${round(y - 4)}h8v8h-8z`;
  if (type === 'type_c') return `M${x} ${round(y - 5)}l5 9h-10z`;
  return `M${round(x - 4)} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`;
}
