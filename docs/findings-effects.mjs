/**
 * Counts findings-effects.md once more, without any code of the product.
 *
 *     node docs/findings-effects.mjs group-predictions.csv
 *
 * The file is that of the report of a study with the preset effects, effects64 or effects-fashion. Networks of one cell have the
 * same recipe and differ in the seed alone. Means over cells count each cell equally.
 */
import { readFileSync } from 'node:fs';

const [, , file] = process.argv;
if (!file) throw new Error('Say which file: node docs/findings-effects.mjs group-predictions.csv');
const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
const column = Object.fromEntries(head.split(',').map((name, at) => [name, at]));

/** By network: labels and largest softmax, image by image. */
const networks = new Map();
for (const line of lines) {
  const cells = line.split(',');
  const name = cells[column.model];
  const own = networks.get(name) ?? { labels: [], largest: [] };
  own.labels.push(Number(cells[column.label]));
  own.largest.push(Math.max(...cells.slice(column.p0).map(Number)));
  networks.set(name, own);
}

/** `effects-CNN-SGD momentum-plain-s0-97`: architecture, optimizer and augmentation. */
const cells = new Map();
for (const [name, network] of networks) {
  const [, architecture, optimizer, augmentation] = /^[^-]+(?:-fashion)?-([^-]+)-([^-]+)-([^-]+)-s\d+-/.exec(name);
  const key = [architecture, optimizer, augmentation].join();
  cells.set(key, [...(cells.get(key) ?? []), network]);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const shareApart = (a, b) => mean(a.labels.map((label, image) => (label === b.labels[image] ? 0 : 1)));
const measured = [...cells].map(([key, members]) => ({
  levels: key.split(','),
  networks: members.length,
  disagree: 100 * mean(members.flatMap((a, at) => members.slice(at + 1).map((b) => shareApart(a, b)))),
  certainty: 100 * mean(members.map(({ largest }) => mean(largest))),
}));

console.log(`${networks.size} networks in ${cells.size} cells, ${networks.values().next().value.labels.length} images\n`);
const show = (title, keyOf) => {
  console.log(`| ${title} | networks | two disagree, % | certainty, % |\n|---|---|---|---|`);
  for (const [key, of] of Map.groupBy(measured, keyOf)) {
    const [disagree, certainty] = ['disagree', 'certainty'].map((what) => mean(of.map((each) => each[what])).toFixed(1));
    const count = of.reduce((sum, each) => sum + each.networks, 0);
    console.log(`| ${key} | ${count} | ${disagree} | ${certainty} |`);
  }
  console.log('');
};
show('architecture', ({ levels }) => levels[0]);
show('optimizer', ({ levels }) => levels[1]);
show('augmentation', ({ levels }) => levels[2]);
show('architecture, optimizer', ({ levels }) => levels.slice(0, 2).join(', '));
