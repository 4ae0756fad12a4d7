import { studySchema } from '../../main/contract/studies/study.ts';
import { stimulusSetHash } from '../../main/domain/plans/identity.ts';
import { type RandomStream, randomStream } from '../../main/domain/random/random.ts';
import { layOutStimuli, type PlacedImage } from '../../main/domain/stimuli/stimulus-set.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import { planTraining } from '../../main/services/declaration/plan.ts';
import type { Workbench } from '../../main/services/workbench/workbench.ts';
import { keepAnswers, landed, type MadeUpAnswers, queue } from '../services/results/seed-study.ts';
import { environment } from '../storage/records.ts';
import { started } from '../storage/run-helper.ts';

export interface LargeDesign {
  images: number;
  labelers: number;
  networks: number;
}

export const largeName = 'large';
const [size, classes, target] = [28, 10, 98];
const dimensions = { width: size, height: size, channels: 1 as const };
/** Of the 45 pairs of ten classes. */
const pairCount = 40;

interface Frozen {
  hash: string;
  images: readonly PlacedImage[];
}

/**
 * Adds a study of this size to a data folder that has the sample study. Images are noise on 40
 * pairs of classes; a tenth of the networks is diverse, the others are three repeats of seeds.
 */
export function addLargeStudy(bench: Workbench, { networks, ...size }: LargeDesign): void {
  const seeds = Math.round((0.9 * networks) / 3);
  const recipe = { architecture: { kind: 'mlp' }, targets: [target], maxEpochs: 8 };
  addStudyOf(bench, largeName, size, [
    ...Array.from({ length: networks - 3 * seeds }, (_, at) => ({
      name: `MLP${at + 1}`,
      group: 'diverse',
      recipe: { ...recipe, batch: 32 + at },
    })),
    { name: 'MLP', group: 'seeds', repeats: 3, seeds, seed: 1000, recipe },
  ]);
}

/** Adds a study of these models, as its file has them, to a data folder that has the sample study. */
export function addStudyOf(
  bench: Workbench,
  name: string,
  { images, labelers }: Omit<LargeDesign, 'networks'>,
  models: readonly object[],
): void {
  const { storage } = bench;
  const study = studySchema.parse({
    ...findStudy(bench, 'sample').spec,
    name,
    title: 'A very large study',
    models,
  });
  storage.transaction(() => {
    const frozen = freeze(bench, images);
    const id = storage.studies.put(name, study, 1);
    storage.studies.useStimuli(id, frozen.hash, 1);
    label(bench, id, frozen, labelers);
    train(bench, id, frozen, study);
  });
}

function freeze({ storage }: Workbench, wanted: number): Frozen {
  const pairs = Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes - 1 - i }, (_unused, at) => [i, i + 1 + at] as const),
  ).flat();
  const steps = Math.max(2, Math.round(wanted / pairCount));
  const alphas = Array.from({ length: steps }, (_, at) => at / (steps - 1));
  const images = layOutStimuli(pairs.slice(0, pairCount), alphas);
  const random = randomStream(1, 'large');
  const pixels = Uint8Array.from({ length: images.length * size * size }, () => random.int(256));
  const hash = stimulusSetHash({ ...dimensions, images, pixels });
  storage.stimulusSets.put(
    {
      hash,
      ...dimensions,
      classes: [...'0123456789'],
      source: 'imported',
      provenance: {},
      original: null,
      pixels: storage.blobs.put(pixels),
      images: images.map((image) => ({ ...image, z: null })),
    },
    1,
  );
  return { hash, images };
}

function label({ storage }: Workbench, studyId: number, { hash, images }: Frozen, labelers: number): void {
  const ids = Array.from({ length: labelers }, (_, person) => {
    const random = randomStream(2, 'large', person);
    const pseudonym = `P${person + 1}`;
    const rows = images.map((image) => ({ imageId: image.id, pseudonym, label: flipped(image, random, 0.04) }));
    return storage.responses.importTable({ setHash: hash, source: 'csv:large', simulated: false, rows }, 1);
  });
  storage.studies.useLabelers(studyId, ids.flat(), 1);
}

function train(
  bench: Workbench,
  studyId: number,
  { hash, images }: Frozen,
  study: ReturnType<typeof studySchema.parse>,
): void {
  const { storage } = bench;
  const known = storage.runs.list({ kinds: ['classifier'] }).map(({ id }) => storage.runs.get(id)?.task)[0];
  if (known?.kind !== 'classifier') throw new Error('the sample is not there');
  for (const planned of planTraining(study, known.dataSetHash, [])) {
    if (!planned.model || planned.task.kind !== 'classifier') continue;
    const runId = queue(bench, studyId, planned);
    storage.runs.claimNext(['wasm'], environment, 2, studyId, [planned.role]);
    storage.runs.applyEvent(runId, started, 2);
    const { name } = planned.model;
    const result = landed(bench, name, planned.task.recipe.targets);
    storage.runs.applyEvent(runId, { type: 'done', result }, 3);
    for (const { weights, target: own } of result.snapshots)
      keepAnswers(bench, weights, hash, answers(images, own === target ? name : `${name} ${own}`));
  }
}

/** One class of the pair, the other beyond a point near the middle. */
function flipped({ pairI, pairJ, alpha }: PlacedImage, random: RandomStream, doubt: number): number {
  return alpha > 0.5 + doubt * random.normal() ? pairJ : pairI;
}

function answers(images: readonly PlacedImage[], name: string): MadeUpAnswers {
  const random = randomStream(3, 'large', name);
  const softmax = new Float32Array(images.length * classes);
  const labels = new Uint16Array(images.length);
  images.forEach((image, at) => {
    const rest = 0.4 * random.float();
    labels[at] = flipped(image, random, 0.03);
    softmax.fill(rest / classes, at * classes, (at + 1) * classes);
    softmax[at * classes + labels[at]!]! += 1 - rest;
  });
  return { softmax, labels };
}
