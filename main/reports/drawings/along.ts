import { type Html, html } from '../html.ts';
import { type LayoutRow, meanSoftmax, targetMembers, type View } from '../../exhibits/view.ts';
import { shareOf } from '../../analysis/labels.ts';
import { truncate } from '../../domain/format.ts';
import { path, plot, round, type PlotScales } from './plot.ts';

type Curve = [alpha: number, share: number][];

/**
 * Along one pair: the share of the second class, of labels (people) and of mean softmax (networks), and the flip points.
 * Without a target: people alone.
 */
export function alongPlot(view: View, row: LayoutRow, target: string | null): Html | null {
  if (!row.pair) return null;
  const [i, j] = row.pair;
  const key = view.data.dataSet.classes.length > 10 ? `${i}-${j}` : `${i}${j}`;
  const flips = view.groups.find((each) => each.target === target)?.group.alpha_star.pairs[key];
  const people = rowCurve(view, row, (image) => view.votes && shareOf(view.votes, image, j));
  const mean = meanSoftmax(view, target);
  const networks = rowCurve(view, row, (image) => mean?.[image * view.data.dataSet.classes.length + j] ?? null);
  const [ofPeople, ofNetworks] = [view.data.analysis?.humans.alpha_star[key]?.majority, flips?.majority];
  const spokenNetworks = target === null ? '' : `, networks at ${said(ofNetworks?.alpha_star)}`;
  const spoken = `${view.long(i)} to ${view.long(j)}: ${view.people.toLowerCase()} flip at ${said(ofPeople?.alpha_star)}${spokenNetworks}`;
  const x = { from: -0.03, to: 1.03, ticks: [0, 0.5, 1], title: 'alpha' };
  const y = { from: -0.04, to: 1.04, ticks: [0, 0.5, 1], title: `share of ${shorten(view.long(j))}` };
  return plot({ spoken, width: 198, height: 150, x, y }, (at) => [
    line('people', people, at),
    target !== null && line('networks', networks, at),
    flip('people', ofPeople?.alpha_star, at),
    flip('networks', ofNetworks?.alpha_star, at),
    row.cells.map((image, column) =>
      image !== null && isThird(view, target, image, row.pair) ? third(view.layout.alphas[column] ?? 0, at) : null,
    ),
  ]);
}

/** As much of a name as there is room beside the axis. */
const shorten = (name: string): string => ([...name].length > 12 ? `${truncate(name, 11)}…` : name);

const said = (alpha: number | null | undefined): string => (alpha == null ? 'no clear place' : alpha.toFixed(2));

function rowCurve(view: View, row: LayoutRow, share: (image: number) => number | null): Curve {
  return row.cells.flatMap((image, column): Curve => {
    const value = image === null ? null : share(image);
    return value === null ? [] : [[view.layout.alphas[column] ?? 0, value]];
  });
}

/** Whether some network gave a label that is neither of the pair. */
function isThird(view: View, target: string | null, image: number, pair: LayoutRow['pair']): boolean {
  return targetMembers(view, target).some(({ labels }) => pair !== null && !pair.includes(labels[image] ?? -1));
}

const line = (whose: string, curve: Curve, at: PlotScales): Html =>
  html`<g class="${whose}"><path class="line${whose === 'people' ? ' dashed' : ''}" d="${path(curve, at)}" /></g>`;

const flip = (whose: string, alpha: number | null | undefined, at: PlotScales): Html | null =>
  alpha == null
    ? null
    : html`<g class="${whose}"><path class="flip" d="M${at.x(alpha)} ${at.y(whose === 'people' ? 1.04 : 0.12)}V${at.y(whose === 'people' ? 0.88 : -0.04)}" /></g>`;

const third = (alpha: number, at: PlotScales): Html =>
  html`<path class="third" d="M${round(at.x(alpha) - 3)} ${round(at.y(0.5) - 3)}l6 6m0 -6l-6 6"><title>Alpha ${alpha}: some network names a third class</title></path>`;
