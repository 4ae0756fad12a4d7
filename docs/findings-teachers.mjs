/**
 * Counts NLL, Brier score and accuracy of findings-teachers.md once more, without any code of the product.
 *
 *     node docs/findings-teachers.mjs group-predictions.csv humans.csv record.json
 *
 * The first two are of the report of a study with the preset `teachers`. The third says which images and people were held
 * out: a file in `blobs` of the data folder or of an archive, whose hash `teaching.made.record` of the study names. Each image
 * is predicted by the network of each seed that was not taught its fold. Accuracy counts images with one most frequent label.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [, , predictions, humans, recordFile] = process.argv;
if (!recordFile) throw new Error('Say which files: node docs/findings-teachers.mjs group-predictions.csv humans.csv record.json');
const rows = (file) => {
  const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])));
};
const record = JSON.parse(readFileSync(recordFile, 'utf8'));
const fold = new Map(record.images.map((image) => [image.id, image.fold]));
const half = new Map(record.people.map((person) => [person.key, person.half]));
const halfOf = (name) => {
  const key = `boundary-workbench/person ${record.stimuli} rehearsal:1\n${name}`;
  return half.get(createHash('sha256').update(key).digest('hex'));
};

/** Labels of the people who examine: image by image, class by class. */
const counts = new Map();
for (const { image, labeler, label } of rows(humans)) {
  if (halfOf(labeler) !== 'b') continue;
  const own = counts.get(image) ?? Array(10).fill(0);
  own[Number(label)]++;
  counts.set(image, own);
}

/** By target and seed: sums over images. */
const cells = new Map();
for (const row of rows(predictions)) {
  const [, arm, part, seed] = row.model.split('-');
  if (fold.get(Number(row.image)) !== Number(part.slice(1, -1))) continue;
  const count = counts.get(row.image);
  const n = count.reduce((sum, each) => sum + each, 0);
  const p = count.map((_, k) => Number(row[`p${k}`]));
  const own = cells.get(`${arm} ${seed}`) ?? { arm, images: 0, nll: 0, brier: 0, clear: 0, right: 0 };
  own.images++;
  count.forEach((each, k) => {
    own.nll -= (each / n) * Math.log(Math.max(p[k], 1e-12));
    own.brier += (each / n - p[k]) ** 2;
  });
  const most = Math.max(...count);
  if (count.filter((each) => each === most).length === 1) {
    own.clear++;
    if (count[Number(row.label)] === most) own.right++;
  }
  cells.set(`${arm} ${seed}`, own);
}

for (const [arm, seeds] of Map.groupBy(cells.values(), (cell) => cell.arm)) {
  const mean = (of) => (seeds.reduce((sum, cell) => sum + of(cell), 0) / seeds.length).toFixed(4);
  const means = [mean((of) => of.nll / of.images), mean((of) => of.brier / of.images), mean((of) => of.right / of.clear)];
  console.log(arm, seeds.length, 'seeds', ...means);
}
