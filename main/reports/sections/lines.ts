import type { Spread } from '../../analysis/spread.ts';
import { type ArchitectureKind, architectureKinds } from '../../contract/recipes.ts';
import { architectureNames } from '../../domain/architectures.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { byArchitecture, byNumber, type View } from '../../exhibits/view.ts';
import { noPeople, twoModels } from '../../exhibits/reasons.ts';
import { frame } from '../frame.ts';
import { typeBadge } from './badges.ts';
import { isAccuracy, targetOfKey } from '../../domain/targets.ts';

interface Point {
  target: number;
  mean: number;
  std: number;
}
interface Line {
  architecture: string;
  points: Point[];
}

const size = { width: 470, height: 280, left: 40, right: 16, top: 12, bottom: 40 };
const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };

/** Figure 2: types A and C against accuracy, a line for each architecture, mean ± std over seed groups. */
export function figure2(view: View): Html {
  const table = byArchitecture(view.data.analysis?.fig2 ?? {});
  const panels: ['type_a_pct' | 'type_c_pct', Html][] = [
    ['type_a_pct', html`${typeBadge('type_a')} Only networks disagree`],
    ['type_c_pct', html`${typeBadge('type_c')} Only ${view.people.toLowerCase()} disagree`],
  ];
  const architectureLines = (key: 'type_a_pct' | 'type_c_pct'): Line[] =>
    table.map(([architecture, targets]) => ({
      architecture,
      points: byNumber(targets).flatMap(([of, cell]) => {
        const target = targetOfKey(of);
        return isAccuracy(target) ? definedPoint(target, cell[key]) : [];
      }),
    }));
  // One scale for both, so that they can be compared.
  const highest = Math.max(1, ...panels.flatMap(([key]) => architectureLines(key).flatMap(tops)));
  const body = panels.map(([key, title]): Content => {
    const name = key === 'type_a_pct' ? 'Type A' : 'Type C';
    return html`<div class="map">
      <h3>${title}</h3>
      ${chart(architectureLines(key), name, highest)}
    </div>`;
  });
  const repeats = table.flatMap(([, targets]) => Object.values(targets).map((cell) => cell.type_a_pct.n));
  const known = Math.max(...repeats) > 0;
  return frame(view, {
    id: 'figure-2',
    number: 'Figure 2',
    title: 'Types against accuracy, networks that differ only in their seed',
    people: true,
    body: known
      ? html`<div class="blocks">${body}</div>
          <ul class="legend">
            ${table.map(([name]) => html`<li>${key(name)} ${name}</li>`)}
          </ul>`
      : nothing,
    note: known ? about(repeats) : html`<p>${whyEmpty(view)}</p>`,
  });
}

/** Without labels no type is known; nor is it in groups of a single network, which cannot disagree. */
const whyEmpty = (view: View): string => (view.data.analysis?.meta.n_determined ? twoModels : noPeople(view));

/** @param repeats how many groups each point is the mean of. */
function about(repeats: readonly number[]): Html {
  return html`<p>
      Across: target accuracy, percent. Up: percent of images. Mean ± population std over ${Math.min(...repeats)}${
        Math.min(...repeats) === Math.max(...repeats) ? '' : ` to ${Math.max(...repeats)}`
      } groups.
    </p>`;
}

function definedPoint(target: number, value: Spread): Point[] {
  return value.mean === null || value.std === null ? [] : [{ target, mean: value.mean, std: value.std }];
}

const tops = (line: Line): number[] => line.points.map((point) => point.mean + point.std);

function chart(lines: readonly Line[], name: string, highest: number): Html {
  const points = lines.flatMap((line) => line.points);
  const targets = [...new Set(points.map((point) => point.target))].sort((a, b) => a - b);
  const step = niceStep(highest / 5);
  const top = step * Math.ceil(highest / step);
  const [first, last] = [targets[0] ?? 0, targets.at(-1) ?? 1];
  const margin = 24;
  const x = (target: number): number =>
    size.left + margin + (last === first ? 0.5 : (target - first) / (last - first)) * (inner.width - 2 * margin);
  const y = (value: number): number => size.top + inner.height * (1 - value / top);
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  const spoken = lines
    .map(
      (line) =>
        `${line.architecture}: ${line.points.map((p) => `${p.mean.toFixed(1)} ± ${p.std.toFixed(1)} % at ${p.target} %`).join(', ')}`,
    )
    .join('; ');
  return html`<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-label="${name}. ${spoken}">
    ${ticks.map((tick) => html`<path class="grid" d="M${size.left} ${round(y(tick))}H${size.width - size.right}" /><text class="tick up" x="${size.left - 6}" y="${round(y(tick) + 4)}">${Number(tick.toFixed(6))}</text>`)}
    ${targets.map((target) => html`<text class="tick across" x="${round(x(target))}" y="${size.height - size.bottom + 18}">${target}</text>`)}
    <text class="tick across" x="${size.left + inner.width / 2}" y="${size.height - 4}">target accuracy, %</text>
    ${lines.map((line, index) => drawLine(line, x, y, (index - (lines.length - 1) / 2) * 5))}
  </svg>`;
}

/** @param shift pixels to the side, so that the bars of the architectures do not cover each other. */
function drawLine(line: Line, x: (target: number) => number, y: (value: number) => number, shift: number): Html {
  const place = line.points.map((point) => ({
    ...point,
    px: round(x(point.target) + shift),
    py: round(y(point.mean)),
  }));
  const path = place.map(({ px, py }, index) => `${index === 0 ? 'M' : 'L'}${px} ${py}`).join('');
  return html`<g class="${architectureClass(line.architecture)}"
    ><path class="line" d="${path}" />${place.map(
      ({ px, py, target, mean, std }) =>
        html`<g
          ><title>${line.architecture} at ${target} %: ${mean.toFixed(1)} ± ${std.toFixed(1)} %</title
          ><path class="bar" d="M${px} ${round(y(mean + std))}V${round(y(Math.max(0, mean - std)))}" />${mark(line.architecture, px, py)}</g
        >`,
    )}</g
  >`;
}

const architectureClass = (name: string): string =>
  architectureKinds.find((kind) => architectureNames[kind] === name) ?? 'other';

/** Each architecture has its own, others a diamond: told apart without color. */
function mark(architecture: string, x: number, y: number): Html {
  const paths: Record<string, string> & Record<ArchitectureKind, string> = {
    mlp: `M${round(x - 4.5)} ${y}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0`,
    cnn: `M${round(x - 4)} ${round(y - 4)}h8v8h-8z`,
    vit: `M${x} ${round(y - 5)}l5 9h-10z`,
    resnet: `M${x} ${round(y + 5)}l5 -9h-10z`,
    lenet: `M${round(x - 1.8)} ${round(y - 5)}h3.6v3.2h3.2v3.6h-3.2v3.2h-3.6v-3.2h-3.2v-3.6h3.2z`,
    mixer: `M${round(x - 5)} ${y}l2.5 -4.4h5l2.5 4.4l-2.5 4.4h-5z`,
    other: `M${x} ${round(y - 5)}l5 5l-5 5l-5 -5z`,
  };
  return html`<path class="mark" d="${paths[architectureClass(architecture)]}" />`;
}

const key = (architecture: string): Html =>
  html`<svg class="key ${architectureClass(architecture)}" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">${mark(architecture, 7, 7)}</svg>`;

const round = (value: number): number => Math.round(value * 10) / 10;

/** The smallest of 1, 2, 5, 10, 20, 50... that is at least `raw`. */
function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= raw - 1e-9) ?? 10);
}
