import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { analyze } from '../../main/analysis/groups/analyze.ts';
import type { GeneratorProvenance } from '../../main/contract/runs/generator.ts';
import type { Trend } from '../../main/contract/runs/run.ts';
import { generatorRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import { wholeReport } from '../../main/contract/api/report.ts';
import { studySchema } from '../../main/contract/studies/study.ts';
import { rehearse } from '../../main/domain/plans/rehearsal.ts';
import type { AddedResults } from '../../main/exhibits/result-lists.ts';
import { parsePaperValues } from '../../main/exhibits/parts/paper-values.ts';
import { nobody } from '../../main/analysis/labels/answers.ts';
import { labelCounts } from '../../main/analysis/labels/labels.ts';
import { labeling, labelMatrix } from '../analysis/people.ts';
import type {
  ReportData,
  ReportLabelers,
  ReportModel,
  ReportPredictions,
  ReportStimulus,
} from '../../main/exhibits/report-data.ts';

export const root = join(import.meta.dirname, '../..');
const paperFile = join(root, 'resources/paper/values.json');
export const paper = parsePaperValues(readFileSync(paperFile, 'utf8'), paperFile);

const hash = (digit: string): string => digit.repeat(64);
const segments = ['abcdef', 'bc', 'abged', 'abgcd', 'fgbc', 'afgcd', 'afgedc', 'abc', 'abcdefg', 'abcdfg'];
const boxes: Record<string, [x: number, y: number, width: number, height: number]> = {
  a: [8, 4, 12, 2],
  b: [18, 4, 2, 10],
  c: [18, 14, 2, 10],
  d: [8, 22, 12, 2],
  e: [8, 14, 2, 10],
  f: [8, 4, 2, 10],
  g: [8, 13, 12, 2],
};

/** A picture on the way between two digits of a pocket calculator. */
function picture(i: number, j: number, alpha: number): Uint8Array {
  const data = new Uint8Array(28 * 28);
  for (const [digit, weight] of [
    [i, 1 - alpha],
    [j, alpha],
  ] as const) {
    for (const letter of segments[digit] ?? '') {
      const [left, top, width, height] = boxes[letter] ?? [0, 0, 0, 0];
      for (let y = top; y < top + height; y++) {
        for (let x = left; x < left + width; x++) {
          data[y * 28 + x] = Math.min(255, (data[y * 28 + x] ?? 0) + Math.round(255 * weight));
        }
      }
    }
  }
  return encode({ width: 28, height: 28, data, channels: 1 });
}

const allStimuli: ReportStimulus[] = paper.pairs.flatMap((pair, row) =>
  paper.alphas.map((alpha, column) => {
    const [i, j] = [Number(pair[0]), Number(pair[2])];
    return { id: row * 11 + column, pairI: i, pairJ: j, alpha, png: picture(i, j, alpha) };
  }),
);

/** Below the counted accuracy, as real ones are; the fourth seed has none. */
function sampleTrend(target: number, seed: number): Trend {
  const sides = { before: 3 + (seed % 20), after: target > 98 ? 0 : 12, estimates: seed % 3 };
  if (seed % 10 === 4)
    return {
      accuracy: null,
      error: null,
      ...sides,
      undefined: 'The evaluations around this step lie too close together.',
    };
  return { accuracy: target - 0.3 + (seed % 7) / 50, error: 0.06, ...sides, undefined: null };
}

/** A network that flips where its seed says, and how sure it is. */
function network(
  stimuli: readonly ReportStimulus[],
  name: string,
  architecture: string,
  target: number,
  repeat: number | null,
  seed: number,
) {
  const { labels } = rehearse({ points: stimuli, classes: 10, count: 1, seed: 1000 + Math.round(target * 7) + seed });
  const chosen = labels[0] ?? [];
  const softmax = new Float32Array(stimuli.length * 10);
  for (const [index, label] of chosen.entries()) {
    const sure = 0.55 + 0.44 * Math.abs(2 * (stimuli[index]?.alpha ?? 0) - 1);
    for (let k = 0; k < 10; k++) softmax[index * 10 + k] = k === label ? sure : (1 - sure) / 9;
  }
  const prediction: ReportPredictions = { model: name, architecture, target, repeat, seed, labels: chosen, softmax };
  const errors = Math.round((100 - target) * 100) + (seed % 11) - 5;
  const model: ReportModel = {
    name,
    architecture,
    repeat,
    seed,
    target,
    errors,
    group: repeat === null ? 'diverse' : 'seeds',
    accuracy: (10_000 - errors) / 100,
    testCount: 10_000,
    trend: sampleTrend(target, seed),
    otherHalf: null,
    validation: null,
    step: 900 + 13 * seed,
    looks: 17,
    fullLooks: 3,
    trainMs: 61_000,
    lookMs: 9500,
    engine: 'tensorflow',
    weights: hash(String(seed % 10)),
  };
  return { prediction, model };
}

export interface SampleOptions {
  targets?: number[];
  /** Number of seed groups; 0 for none. */
  repeats?: number;
  /** `simulated`, `real`, 14 real ones of whom only counts are known, or nobody. */
  labelers?: 'simulated' | 'real' | 'counts' | 'none';
  /** Of types, if fewer people had been asked; as a report unless given. */
  asked?: number;
  networks?: number;
  classes?: string[];
  /** The generator came with the product. */
  shipped?: boolean;
  /** Of the paper's pairs; 15 unless given. */
  pairs?: number;
  /** What contributions add. */
  added?: AddedResults;
}

const lightRecipe = generatorRecipeSchema.parse({ kind: 'dcgan28', steps: 1900 });

/** Made up, but for its form. */
export const shippedSample: GeneratorProvenance = {
  schema: 'boundary-workbench/generator/1',
  name: 'mnist-dcgan64',
  recipe: generatorRecipeSchema.parse({ kind: 'dcgan64', steps: 6559, batch: 64 }),
  seed: 1,
  step: 4685,
  epochs: 5,
  dataSet: { name: 'MNIST', hash: hash('d'), classes: [...'0123456789'], trainCount: 60_000 },
  engine: { name: 'tensorflow', versions: { tensorflow: '2.21.0' }, device: 'CPU' },
  product: { version: '0.0.9', commit: 'fedcba543210' },
  machine: { platform: 'linux', architecture: 'x64', cpu: 'EPYC', cores: 2, memory: 2 ** 33, node: '24.0.0' },
  startedAt: '2026-01-01T01:00:00.000Z',
  trainedAt: '2026-01-01T03:00:00.000Z',
  reproduce: ['npm run -s boundary -- study run generator'],
  weights: { file: 'mnist-dcgan64.weights', bytes: 7_000_000, sha256: hash('e'), float32Sha256: hash('c') },
  quality: {
    samples: 2000,
    seed: 1,
    threshold: 0.95,
    clear: 1500,
    realClear: 8900,
    variety: 0.95,
    judge: { architecture: { kind: 'mlp', hidden: [500, 500] }, errors: 150, testCount: 10_000, weights: hash('b') },
    classes: [...'0123456789'].map((name, index) => ({ name, samples: 155 + 10 * index, clear: 150 })),
  },
};

/** A whole report's data, computed by the product's own analysis from made-up people and networks. */
export function sampleData(options: SampleOptions = {}): ReportData {
  const { targets = [97.5], repeats = 0, labelers: whose = 'simulated', networks = 9, pairs = 15 } = options;
  const stimuli = allStimuli.slice(0, 11 * pairs);
  const study = studySchema.parse(JSON.parse(readFileSync(join(root, 'resources/studies/quick.json'), 'utf8')));
  const names = ['MLP', 'CNN', 'ViT'].flatMap((kind) => [1, 2, 3].map((index) => ({ kind, name: `${kind}${index}` })));
  const diverse = targets.flatMap((target) =>
    names
      .slice(0, networks)
      .map(({ kind, name }, index) => network(stimuli, `${name}-${target}`, kind, target, null, index)),
  );
  const seeds = Array.from({ length: repeats }, (_, repeat) =>
    targets.flatMap((target) =>
      ['MLP', 'CNN', 'ViT'].flatMap((kind, at) =>
        [0, 1, 2, 3].map((seed) =>
          network(
            stimuli,
            `${kind}-r0${repeat + 1}-s${seed}-${target}`,
            kind,
            target,
            repeat + 1,
            100 * (at + 1) + repeat * 4 + seed,
          ),
        ),
      ),
    ),
  ).flat();
  const all = [...diverse, ...seeds];
  const labelers = sampleLabelers(stimuli, whose);
  const analysis = analyze(
    {
      images: stimuli,
      classes: 10,
      people: labelers?.people ?? nobody(stimuli.length, 10),
      models: all.map(({ model }) => model),
      modelLabels: Int16Array.from(all.flatMap(({ prediction }) => Array.from(prediction.labels))),
      softmax: Float32Array.from(all.flatMap(({ prediction }) => Array.from(prediction.softmax))),
    },
    { asked: options.asked ?? wholeReport.asked, parts: options.added?.analysis ?? [] },
  );
  return {
    createdAt: '2026-01-02T03:04:05.678Z',
    product: { version: '0.1.0', commit: 'abcdef012345' },
    study: whose === 'simulated' ? study : { ...study, labelers: { source: 'none' } },
    dataSet: {
      name: 'MNIST',
      classes: options.classes ?? [...'0123456789'],
      read: {
        hash: hash('d'),
        trainCount: 60_000,
        testCount: 10_000,
        width: 28,
        height: 28,
        channels: 1 as const,
        mean: [0.1307],
        std: [0.3081],
      },
    },
    generator: options.shipped
      ? {
          recipe: shippedSample.recipe,
          seed: 1,
          engine: 'tensorflow',
          steps: shippedSample.step,
          weights: shippedSample.weights.sha256,
          shipped: shippedSample,
        }
      : { recipe: lightRecipe, seed: 1, engine: 'tensorflow', steps: 1900, weights: hash('e'), shipped: null },
    anchors: Array.from({ length: 10 }, (_, index) => ({
      classIndex: index,
      png: picture(index, index, 0),
      confidence: 0.998,
    })),
    stimuli: {
      setHash: hash('f'),
      source: 'generated',
      width: 28,
      height: 28,
      channels: 1,
      originalWidth: 28,
      originalHeight: 28,
      chosen: null,
      made: {
        interpolation: 'linear',
        proposed: 10,
        given: 0,
        givenFrom: 0,
        anchorDesign: { kind: 'one' },
        anchorRule: { kind: 'best' },
        confusable: false,
        search: { samples: 2000, seed: 1 },
      },
      items: stimuli,
    },
    recipes: study.models.slice(0, networks).map(({ name, recipe }) => ({
      name,
      group: 'diverse',
      recipe: { ...recipe, targets },
      targets,
      groups: [1],
      waiting: 0,
    })),
    notChosen: [],
    models: all.map(({ model }) => model),
    missed: [],
    predictions: all.map(({ prediction }) => prediction),
    labelers,
    labeling: null,
    analysis,
    paper,
    contributed: [],
    ...(options.added && { added: options.added }),
    runs: all.slice(0, 12).map(({ model }) => ({
      name: `models/${model.name}`,
      kind: 'classifier',
      recipe: study.models[0]?.recipe,
      seed: model.seed,
      engine: { name: 'tensorflow', versions: { tensorflow: '2.21.0', tfjs: '4.22.0' }, device: 'CPU' },
      dataSetHash: hash('d'),
      product: { version: '0.1.0', commit: 'abcdef012345' },
      machine: 'linux 6.1 x64, AMD EPYC, 2 cores, 8 GiB',
      startedAt: '2026-01-02T01:00:00.000Z',
      endedAt: '2026-01-02T01:01:10.000Z',
    })),
    warnings: [],
  };
}

function sampleLabelers(
  stimuli: readonly ReportStimulus[],
  whose: NonNullable<SampleOptions['labelers']>,
): ReportLabelers | null {
  if (whose === 'none') return null;
  if (whose === 'counts') {
    const { labels } = rehearse({ points: stimuli, classes: 10, count: 14, seed: 1 });
    return { simulated: false, people: { kind: 'counts', counts: labelCounts(labelMatrix(labels, 10)) } };
  }
  const { pseudonyms, labels } = rehearse({ points: stimuli, classes: 10, count: 10, seed: 1 });
  const simulated = whose === 'simulated';
  const names = simulated ? pseudonyms : pseudonyms.map((name) => name.replace('sim-', 'H'));
  return { simulated, people: labeling(names, labelMatrix(labels, 10)) };
}

/** The same people under other names. */
export function renamePeople(
  { people, simulated }: ReportLabelers,
  name: (name: string, at: number) => string,
): ReportLabelers {
  return { simulated, people: people.kind === 'counts' ? people : { ...people, labelers: people.labelers.map(name) } };
}
