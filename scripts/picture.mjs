/**
 * `node scripts/picture.mjs`: draws docs/architecture.svg from the sources: rooms with their lines of code, and arrows to
 * what they import. An arrow that others imply is left out.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/root.mjs';
import { importsOf } from './sources.mjs';

/** @typedef {{ name: string, lines: number, to: Set<string> }} Room */

/** The room of a module; null: it has none. Lists of contributions belong to what passes them on. @param {string} path */
export function roomOf(path) {
  const [top = '', second = '', third = '', fourth] = path.split('/');
  if (top === 'preload') return 'preload';
  if (/^renderer\/(main\.tsx|contributions\/all\.ts)$/.test(path)) return 'renderer/main';
  if (path === 'main/contributions/all.ts') return 'main/hosts';
  if (third === '' || !/^(main|renderer)$/.test(top)) return null;
  return second === 'contributions' && fourth !== undefined ? `${top}/contributions/${third}` : `${top}/${second}`;
}

/** Rooms by name, with lines of code and what they import. @param {ReadonlyMap<string, string>} texts by path */
export function roomsOf(texts) {
  /** @type {Map<string, Room>} */
  const rooms = new Map();
  for (const [path, text] of texts) {
    const name = roomOf(path);
    if (name === null) continue;
    const room = rooms.get(name) ?? { name, lines: 0, to: new Set() };
    rooms.set(name, room);
    room.lines += text.split('\n').length - 1;
    for (const target of importsOf(path, text)) {
      const other = roomOf(target);
      if (other !== null && other !== name) room.to.add(other);
    }
  }
  return rooms;
}

/** Everything that a room leads to. @param {ReadonlyMap<string, Room>} rooms @param {string} name */
export function reachedFrom(rooms, name) {
  const found = new Set();
  const next = [...(rooms.get(name)?.to ?? [])];
  for (let room = next.pop(); room !== undefined; room = next.pop()) {
    if (found.has(room)) continue;
    found.add(room);
    next.push(...(rooms.get(room)?.to ?? []));
  }
  return found;
}

/** The rooms that a room imports and that none of them leads to. @param {ReadonlyMap<string, Room>} rooms @param {Room} room */
export const nextOf = (rooms, { to }) =>
  [...to].filter((name) => ![...to].some((other) => other !== name && reachedFrom(rooms, other).has(name))).sort();

/** Height of a room over those that import nothing. @param {ReadonlyMap<string, Room>} rooms @param {string} name @returns {number} */
function rankOf(rooms, name) {
  return Math.max(-1, ...[...(rooms.get(name)?.to ?? [])].map((other) => rankOf(rooms, other))) + 1;
}

const box = { width: 148, height: 44, gapX: 18, gapY: 34 };
const margin = 12;
/** Between the program and its page. */
const gapOfSides = 40;

/** Two digits, so that the picture seldom changes. @param {number} lines */
export const rounded = (lines) => Number(lines.toPrecision(2)).toLocaleString('en-US');

/** @param {ReadonlyMap<string, Room>} rooms */
export function drawing(rooms) {
  const isOfPage = (/** @type {string} */ name) => !name.startsWith('main/');
  const ranks = [...new Set([...rooms.keys()].map((name) => rankOf(rooms, name)))].sort((x, y) => y - x);
  const inRow = (/** @type {number} */ rank, /** @type {boolean} */ ofPage) =>
    [...rooms.keys()].filter((name) => rankOf(rooms, name) === rank && isOfPage(name) === ofPage).sort();
  const wide = box.width + box.gapX;
  const widthOf = (/** @type {boolean} */ side) => wide * Math.max(...ranks.map((rank) => inRow(rank, side).length));
  const [left, right] = [widthOf(false), widthOf(true)];
  const width = 2 * margin + left + right + gapOfSides;
  const height = 2 * margin + ranks.length * (box.height + box.gapY) - box.gapY;
  /** @type {Map<string, { x: number, y: number }>} */
  const places = new Map();
  ranks.forEach((rank, row) => {
    const y = margin + row * (box.height + box.gapY);
    for (const side of [false, true]) {
      const names = inRow(rank, side);
      const start =
        (side ? margin + left + gapOfSides : margin) + ((side ? right : left) - names.length * wide + box.gapX) / 2;
      names.forEach((name, column) => places.set(name, { x: start + column * wide, y }));
    }
  });
  const at = (/** @type {string} */ name) => places.get(name) ?? { x: 0, y: 0 };
  const pairs = [...rooms.values()].flatMap((room) => nextOf(rooms, room).map((to) => ({ from: room.name, to })));
  /** Arrows of a room are apart, in the order of where they lead or come from. @type {(own: 'from' | 'to', pair: typeof pairs[number]) => number} */
  const portOf = (own, pair) => {
    const other = own === 'from' ? 'to' : 'from';
    const all = pairs.filter((each) => each[own] === pair[own]).sort((one, two) => at(one[other]).x - at(two[other]).x);
    return at(pair[own]).x + (box.width * (all.indexOf(pair) + 1)) / (all.length + 1);
  };
  const arrows = pairs.map((pair) => {
    const [startY, endY] = [at(pair.from).y + box.height, at(pair.to).y - 2];
    const line = `${portOf('from', pair).toFixed(1)} ${startY} L ${portOf('to', pair).toFixed(1)} ${endY}`;
    return `<path class="arrow" data-from="${pair.from}" data-to="${pair.to}" d="M ${line}"/>`;
  });
  const boxes = [...rooms.values()].map(({ name, lines }) => {
    const { x, y } = at(name);
    const kind = name.includes('contributions/') ? 'contribution' : (name.split('/')[0] ?? '');
    const text = (/** @type {number} */ down, /** @type {string} */ words, /** @type {string} */ style) =>
      `<text class="${style}" x="${x + box.width / 2}" y="${y + down}">${words}</text>`;
    return [
      `<rect class="${kind}" x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="4"/>`,
      text(18, name.replace('contributions/', ''), 'name'),
      text(34, `${rounded(lines)} lines`, 'lines'),
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>Rooms of the program, their lines of code, and what imports what</title>
<style>
svg { background: #fff; font-family: sans-serif; text-anchor: middle }
rect { fill: #eef3f8; stroke: #4a6785 } rect.renderer, rect.preload { fill: #f3f0f7; stroke: #6d5a8a } rect.contribution { fill: #fdf3e1; stroke: #94691a }
.name { font-size: 12px; fill: #1b2631 } .lines { font-size: 11px; fill: #4b5763 }
.arrow { stroke: #8494a3; fill: none; marker-end: url(#tip) }
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M 0 0 L 8 4 L 0 8 z" fill="#8494a3"/></marker></defs>
${[...arrows, ...boxes].join('\n')}
</svg>
`;
}

/** Modules of the product by path, from its folder. */
export function productSources(folder = root) {
  const paths = ['main', 'preload', 'renderer'].flatMap((top) =>
    readdirSync(join(folder, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return new Map(
    paths.map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')]),
  );
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(root, 'docs', 'architecture.svg'), drawing(roomsOf(productSources())));
}
