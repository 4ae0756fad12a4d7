/**
 * The largest study foreseen, generated: 20,000 images x 300 labelers x 1,000 models x 10 classes, half of the models
 * one diverse group. Softmax is written as the store keeps it (a float32 blob a model, named by its hash) and read back
 * from there, a model at a time; reading is part of what is timed. Everything of the analysis but resampling, or with
 * `--resampling` that too; `--one-group` puts all models in the diverse group; `--paper` makes
 * the paper's groups (165 10 927 10); `--counts` knows how many gave each label, not who gave which (10000 51 100 10). `npm run bench -- analysis-scale`, or with other sizes:
 * `npm run bench -- analysis-scale 1000 20 9 10`. `--json FILE` writes the figures.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analyze } from '../../main/analysis/groups/analyze.ts';
import type { AnalysisInput, ModelInput } from '../../main/analysis/outcomes/input.ts';
import { labelCounts } from '../../main/analysis/labels/labels.ts';
import { Memo } from '../../main/analysis/groups/context.ts';
import { randomStream, type RandomStream } from '../../main/domain/random/random.ts';
import { BlobStore } from '../../main/files/blobs.ts';
import type { People } from '../../main/analysis/labels/answers.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    resampling: { type: 'boolean' },
    'one-group': { type: 'boolean' },
    paper: { type: 'boolean' },
    counts: { type: 'boolean' },
  },
});
const [images = 20_000, labelers = 300, models = 1000, classes = 10] = positionals.map(Number);

/**
 * The paper's: nine diverse models at each of three targets, then ten repeats of ten for each architecture and target.
 */
function paperModel(index: number): ModelInput {
  const name = `M${index}`;
  if (index < 27) return { name, architecture: 'CNN', target: 97.5 + (index % 3) / 2, repeat: null, seed: null };
  const at = index - 27;
  const architecture = ['MLP', 'CNN', 'ViT'][Math.floor(at / 300) % 3]!;
  return { name, architecture, target: 97.5 + (Math.floor(at / 100) % 3) / 2, repeat: at % 10, seed: at };
}

/** Half of the models are one diverse group, the others ten repeats of a seed group. */
function model(index: number): ModelInput {
  if (values.paper) return paperModel(index);
  const diverse = values['one-group'] || index < Math.max(9, models / 2);
  const repeat = diverse ? null : index % 10;
  return { name: `M${index}`, architecture: 'CNN', target: 98, repeat, seed: diverse ? null : index };
}

/** Labels that are mostly the truth, more often not near the middle of a pair. */
function drawLabels(random: RandomStream, raters: number, errorRate: number, gaps: number): Int16Array {
  const labels = new Int16Array(raters * images);
  for (let at = 0; at < labels.length; at++) {
    const image = at % images;
    const wrong = random.float() < errorRate * (image % 11 > 3 && image % 11 < 8 ? 10 : 1);
    const label = wrong ? random.int(classes) : Math.floor(image / 11) % classes;
    labels[at] = random.float() < gaps ? -1 : label;
  }
  return labels;
}

/** One model's softmax: the most to its label, the rest spread at random. */
function readSoftmax(random: RandomStream, labels: Int16Array): Float32Array {
  const softmax = new Float32Array(images * classes);
  for (let image = 0; image < images; image++) {
    const rest = 0.4 * random.float();
    const other = random.int(classes);
    softmax.fill(rest / (2 * classes), image * classes, (image + 1) * classes);
    softmax[image * classes + other]! += rest / 2;
    softmax[image * classes + labels[image]!]! += 1 - rest;
  }
  return softmax;
}

function generate(blobs: BlobStore): AnalysisInput {
  const random = randomStream(1, 'bench');
  const modelLabels = drawLabels(random, models, 0.01, 0);
  const hashes = Array.from({ length: models }, (_, index) => {
    const softmax = readSoftmax(random, modelLabels.subarray(index * images, (index + 1) * images));
    return blobs.put(new Uint8Array(softmax.buffer));
  });
  const given = { raters: labelers, images, classes, values: drawLabels(random, labelers, 0.002, 0.01) };
  const names = Array.from({ length: labelers }, (_, index) => String(index));
  const people: People = values.counts
    ? { kind: 'counts', counts: labelCounts(given) }
    : { kind: 'single', labelers: names.map((name) => `H${name}`), labels: given };
  return {
    people,
    images: Array.from({ length: images }, (_, id) => {
      const pair = Math.floor(id / 11);
      return { id, pairI: pair % (classes - 1), pairJ: classes - 1, alpha: (id % 11) / 10 };
    }),
    classes,
    models: Array.from({ length: models }, (_, index) => model(index)),
    modelLabels,
    readSoftmax: (index) => new Float32Array(Uint8Array.from(blobs.get(hashes[index]!)).buffer),
    keys: {
      images: 'images',
      labelers: values.counts ? ['counts'] : names,
      models: hashes.map((hash, index) => `${index} ${hash}`),
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'boundary-bench-'));
try {
  const input = generate(new BlobStore(folder));
  const resampling = values.resampling ?? false;
  const memo = new Memo();
  const timed = (): { seconds: number; cpu: number; found: string } => {
    const started = performance.now();
    const before = process.cpuUsage();
    const { humans, diverse } = analyze(input, { memo, resampling });
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(before);
    const cpu = (user + system) / 1e6;
    const networks = diverse['98']?.types?.nn_disagree_pct;
    return { seconds, cpu, found: `${humans.disagree_pct} % of people disagree, ${networks} % of networks` };
  };
  const { seconds, cpu, found } = timed();
  const peak = process.resourceUsage().maxRSS * 1024;
  const again = timed().seconds;
  console.log(`${images} images x ${labelers} labelers x ${models} models x ${classes} classes: ${found}`);
  const memory = `peak memory ${(peak / 2 ** 30).toFixed(2)} GiB`;
  console.log(
    `analyzed in ${seconds.toFixed(2)} s (CPU ${cpu.toFixed(2)} s), again in ${again.toFixed(2)} s; ${memory}`,
  );
  if (values.json) {
    writeFileSync(
      values.json,
      JSON.stringify({ images, labelers, models, classes, resampling, seconds, cpu, again, peak }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
