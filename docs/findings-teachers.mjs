/**
 * Counts NLL, Brier score, Jensen-Shannon divergence and accuracy of findings-teachers.md once more, without any code of the product.
 *
 *     node docs/findings-teachers.mjs group-predictions.csv humans.csv record.json
 *     node docs/findings-teachers.mjs group-predictions.csv cifar10h-counts.csv record.json
 *
 * The first file is of the report of a study with the preset `teachers` or `teachers-cifar10h`; the second of the report, too, or
 * the counts of labels that were imported. The third says which images and labels were held out: a file in `blobs` of the data folder
 * or of an archive, whose hash `teaching.made.record` of the study names. Each image is predicted by the network of each seed that
 * was not taught its fold, and compared with labels that taught none. Accuracy counts images with one most frequent label.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , predictions, labels, recordFile] = process.argv;
if (!recordFile) throw new Error('Say which files: node docs/findings-teachers.mjs group-predictions.csv LABELS record.json');

async function* rows(file) {
  let names = null;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const cells = line.split(',');
    if (names) yield Object.fromEntries(cells.map((cell, at) => [names[at], cell]));
    else names = cells;
  }
}

const record = JSON.parse(readFileSync(recordFile, 'utf8'));
const fold = new Map(record.images.map((image) => [image.id, image.fold]));

/** Of labels of simulated people: those of the half that examines. */
async function examinersOf(file) {
  const half = new Map(record.people.map((person) => [person.key, person.half]));
  const counts = new Map();
  for await (const { image, labeler, label } of rows(file)) {
    const key = `boundary-workbench/person ${record.stimuli} rehearsal:1\n${labeler}`;
    if (half.get(createHash('sha256').update(key).digest('hex')) !== 'b') continue;
    const own = counts.get(Number(image)) ?? Array(10).fill(0);
    own[Number(label)]++;
    counts.set(Number(image), own);
  }
  return counts;
}

/** Of counts of labels: those that are left of an image when those are taken away that teach other folds. */
async function remainderOf(file) {
  const classes = (await rows(file).next()).value;
  const images = [];
  for await (const row of rows(file)) images.push(row);
  const names = Object.keys(images[0]).slice(2);
  // Images are numbered by class, then by file.
  images.sort((a, b) => names.indexOf(a.true_class) - names.indexOf(b.true_class) || (a.file < b.file ? -1 : 1));
  const counts = new Map(images.map((row, id) => [id, names.map((name) => Number(row[name]))]));
  for (const part of record.parts)
    part.images.forEach((id, place) => {
      const left = counts.get(id).map((all, k) => all - part.counts[place * names.length + k]);
      if (left.some((n) => n < 0)) throw new Error(`Image ${id}: more labels teach than there are`);
      counts.set(id, left);
    });
  return counts;
}

const head = (await rows(labels).next()).value;
const counts = 'labeler' in head ? await examinersOf(labels) : await remainderOf(labels);

const bits = (shares) => shares.reduce((sum, share) => sum - (share > 0 ? share * Math.log2(share) : 0), 0);

/** By target and seed: sums over images. */
const cells = new Map();
for await (const row of rows(predictions)) {
  const [, arm, part, seed] = row.model.split('-');
  if (fold.get(Number(row.image)) !== Number(part.slice(1, -1))) continue;
  const count = counts.get(Number(row.image));
  const n = count.reduce((sum, each) => sum + each, 0);
  const p = count.map((_, k) => Number(row[`p${k}`]));
  const own = cells.get(`${arm} ${seed}`) ?? { arm, images: 0, nll: 0, brier: 0, js: 0, clear: 0, right: 0 };
  own.images++;
  count.forEach((each, k) => {
    own.nll -= (each / n) * Math.log(Math.max(p[k], 1e-12));
    own.brier += (each / n - p[k]) ** 2;
  });
  const q = count.map((each) => each / n);
  own.js += bits(q.map((share, k) => (share + p[k]) / 2)) - (bits(q) + bits(p)) / 2;
  const most = Math.max(...count);
  if (count.filter((each) => each === most).length === 1) {
    own.clear++;
    if (count[Number(row.label)] === most) own.right++;
  }
  cells.set(`${arm} ${seed}`, own);
}

for (const [arm, seeds] of Map.groupBy(cells.values(), (cell) => cell.arm)) {
  const mean = (of) => (seeds.reduce((sum, cell) => sum + of(cell), 0) / seeds.length).toFixed(4);
  const means = [mean((of) => of.nll / of.images), mean((of) => of.brier / of.images), mean((of) => of.js / of.images), mean((of) => of.right / of.clear)];
  console.log(arm, seeds.length, 'seeds', ...means);
}
