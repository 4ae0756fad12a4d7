// Counts directly what docs/findings-cifar10h.md says of people, without any code of the product; every image has 10 labels or more.
//   node docs/findings-cifar10h.mjs cifar10h-counts.csv [predictions.csv of the report, for shares of types A and C and their standard errors]
import { readFileSync } from 'node:fs';
const read = (path) => readFileSync(path, 'utf8').trim().split(/\r?\n/).map((line) => line.split(','));
const [names, ...rows] = read(process.argv[2]);
const images = rows.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, truth, ...cells]) => {
  const c = cells.map(Number);
  return { c, n: c.reduce((sum, x) => sum + x), top: Math.max(...c), truth: names.indexOf(truth) - 2 };
});
const mean = (of) => images.reduce((sum, image, id) => sum + of(image, id), 0) / images.length;
const allAmong = (c, n, m) => Array.from({ length: m }, (_, drawn) => Math.max(0, c - drawn) / (n - drawn)).reduce((a, b) => a * b);
const tenAgree = ({ c, n }) => c.reduce((sum, x) => sum + allAmong(x, n, 10), 0); // C(x, 10) / C(n, 10)
const people = {
  images: images.length,
  labels: images.reduce((sum, { n }) => sum + n, 0),
  agree_pct: 100 * mean(({ n, top }) => Number(top === n)),
  entropy_bits: mean(({ c, n }) => c.reduce((sum, x) => sum - (x && (x / n) * Math.log2(x / n)), 0)),
  certainty_pct: 100 * mean(({ n, top }) => top / n),
  mode_is_truth_pct: 100 * mean(({ c, top, truth }) => Number(c.indexOf(top) === truth)), // of tied names the first
  expected_pairwise_disagreement_pct: 100 * mean(({ c, n }) => (n * n - c.reduce((sum, x) => sum + x * x, 0)) / (n * (n - 1))),
  ten_agree_pct: 100 * mean(tenAgree),
  names_of_ten: mean(({ c, n }) => c.reduce((sum, x) => sum + 1 - allAmong(n - x, n, 10), 0)),
};

/** Mean over the images in percent, and its standard error. */
function share(of) {
  const pct = 100 * mean(of);
  const squares = mean((image, id) => (100 * of(image, id) - pct) ** 2);
  return { pct, se: Math.sqrt(squares / (images.length - 1)) };
}

/** Of each target: type A, only networks disagree; type C, only people do. An image's number is its place among the sorted files. */
function typesByTarget([header, ...lines]) {
  const [image, target, label] = ['image', 'target_accuracy', 'label'].map((name) => header.indexOf(name));
  const said = {};
  for (const cells of lines) ((said[cells[target]] ??= [])[cells[image]] ??= new Set()).add(cells[label]);
  return Object.fromEntries(Object.entries(said).map(([at, labels]) => {
    const differ = (id) => Number(labels[id].size > 1);
    const agree = ({ n, top }) => Number(top === n);
    return [at, {
      all: { a: share((one, id) => differ(id) * agree(one)), c: share((one, id) => (1 - differ(id)) * (1 - agree(one))) },
      ten: { a: share((one, id) => differ(id) * tenAgree(one)), c: share((one, id) => (1 - differ(id)) * (1 - tenAgree(one))) },
    }];
  }));
}

const predictions = process.argv[3];
console.log(JSON.stringify(predictions ? { ...people, types: typesByTarget(read(predictions)) } : people, null, 2));
