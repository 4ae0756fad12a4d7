/**
 * The largest study foreseen, generated: 20,000 images x 300 labelers x 100 models x 10 classes. Prints the time of the
 * analysis and the process's peak memory, the input included. `npm run bench -- analysis-scale`, or with other sizes:
 * `npm run bench -- analysis-scale 1000 20 9 10`. `--json FILE` writes the figures.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { analyse } from '../../main/analysis/analyse.ts';
import type { AnalysisInput, ModelInput } from '../../main/analysis/input.ts';
import { randomStream } from '../../main/domain/random.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const [images = 20_000, labelers = 300, models = 100, classes = 10] = positionals.map(Number);

/** Half of the models are one diverse group, the others ten repeats of a seed group. */
function model(index: number): ModelInput {
  const diverse = index < models / 2;
  const repeat = diverse ? null : index % 10;
  return { name: `M${index}`, architecture: 'CNN', target: 98, repeat, seed: diverse ? null : index };
}

function generate(): AnalysisInput {
  const random = randomStream(1, 'bench');
  const truth = Int16Array.from({ length: images }, () => random.int(classes));
  const noisy = (raters: number, errorRate: number): Int16Array => {
    const labels = new Int16Array(raters * images);
    for (let at = 0; at < labels.length; at++) {
      labels[at] = random.float() < errorRate ? random.int(classes) : truth[at % images]!;
    }
    return labels;
  };
  const softmax = new Float32Array(models * images * classes);
  for (let at = 0; at < softmax.length; at++) softmax[at] = random.float() / classes;
  return {
    images: Array.from({ length: images }, (_, id) => ({ id, pairI: 0, pairJ: 1, alpha: 0.5 })),
    classes,
    labelers: Array.from({ length: labelers }, (_, index) => `H${index}`),
    humanLabels: noisy(labelers, 0.002),
    models: Array.from({ length: models }, (_, index) => model(index)),
    modelLabels: noisy(models, 0.01),
    softmax,
  };
}

const input = generate();
const started = performance.now();
const { humans, diverse } = analyse(input);
const seconds = (performance.now() - started) / 1000;
const peak = process.resourceUsage().maxRSS * 1024;
const found = `${humans.disagree_pct} % of people disagree, ${diverse['98']?.types?.nn_disagree_pct} % of networks`;
console.log(`${images} images x ${labelers} labelers x ${models} models x ${classes} classes: ${found}`);
console.log(`analysed in ${seconds.toFixed(2)} s; peak memory ${(peak / 2 ** 30).toFixed(2)} GiB`);
if (values.json) writeFileSync(values.json, JSON.stringify({ images, labelers, models, classes, seconds, peak }));
