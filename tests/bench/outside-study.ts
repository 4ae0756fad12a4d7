import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { studySchema } from '../../main/contract/studies/study.ts';
import { canonicalJson, stimulusSetHash } from '../../main/domain/plans/identity.ts';
import { type RandomStream, randomStream } from '../../main/domain/random/random.ts';
import { layOutStimuli } from '../../main/domain/stimuli/stimulus-set.ts';
import { sha256 } from '../../main/files/blobs.ts';
import { importResponses } from '../../main/contributions/answers/study-tables.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import type { Workbench } from '../../main/services/workbench/workbench.ts';
import { outsideModelsOf } from '../../main/contributions/answers/models/outside-models.ts';

export interface OutsideDesign {
  /** `test-images`: with true classes, no pair and no alpha. `pairs`: on 40 pairs of classes. */
  stimuli: 'test-images' | 'pairs';
  /** `counts`: how many gave each label. `labels`: who gave which. */
  people: 'counts' | 'labels';
  images: number;
  labelers: number;
  models: number;
}

export const outsideStudy = 'outside';
const classes = [
  ...['airplane', 'automobile', 'bird', 'cat', 'deer'],
  ...['dog', 'frog', 'horse', 'ship', 'truck'],
] as const;
const K = classes.length;
const dimensions = { width: 32, height: 32, channels: 3 } as const;
const pairCount = 40;

/** What an image shows: mostly its first class, and the more often its second the larger `doubt` (0 to 0.5) is. */
interface Shown {
  id: number;
  first: number;
  second: number;
  doubt: number;
}

/** Adds a study of this size, without networks of its own, to a data folder that has the sample study. */
export async function addOutsideStudy(bench: Workbench, design: OutsideDesign, folder: string): Promise<void> {
  const { storage } = bench;
  const sample = findStudy(bench, 'sample');
  const study = studySchema.parse({
    ...sample.spec,
    name: outsideStudy,
    title: 'Models that others trained',
    dataSet: { source: 'cifar', name: 'CIFAR-10', path: join(folder, 'cifar') },
    stimuli: { source: 'test-images', choose: { kind: 'all' } },
    models: [],
  });
  const id = storage.studies.put(outsideStudy, study, 1);
  const { hash, shown } = freeze(bench, design);
  storage.studies.useStimuli(id, hash, 1);
  addModels(bench, id, hash, shown, design.models);
  if (design.people === 'counts') await importCounts(bench, shown, design.labelers, folder);
  else importLabels(bench, id, hash, shown, design.labelers);
}

function freeze({ storage }: Workbench, design: OutsideDesign): { hash: string; shown: Shown[] } {
  const random = randomStream(1, 'shown');
  const alphas = Array.from(
    { length: Math.round(design.images / pairCount) },
    (_, at, all = design.images / pairCount) => at / (Math.round(all) - 1),
  );
  const pairs = Array.from({ length: K }, (_, i) =>
    Array.from({ length: K - 1 - i }, (_unused, at) => [i, i + 1 + at] as const),
  ).flat();
  const images =
    design.stimuli === 'pairs'
      ? layOutStimuli(pairs.slice(0, pairCount), alphas).map((image) => ({ ...image, z: null }))
      : Array.from({ length: design.images }, (_, id) => ({
          id,
          pairI: null,
          pairJ: null,
          alpha: null,
          z: null,
          truth: id % K,
        }));
  const shown = images.map(({ id, pairI, pairJ, alpha }): Shown => {
    const doubt = 0.5 * random.float() ** 6;
    if (pairI === null || pairJ === null || alpha === null)
      return { id, first: id % K, second: (id + 1 + random.int(K - 1)) % K, doubt };
    const [first, second] = alpha < 0.5 ? [pairI, pairJ] : [pairJ, pairI];
    return { id, first, second, doubt: 0.5 * Math.max(0, 1 - 8 * Math.abs(alpha - 0.5)) };
  });
  // A color of its own for each image: what is drawn does not matter here.
  const pixels = new Uint8Array(images.length * dimensions.width * dimensions.height * dimensions.channels);
  for (let at = 0; at < pixels.length; at++) pixels[at] = Math.floor(at / 3072) * ((at % 3) + 1) + (at % 96);
  const hash = stimulusSetHash({ ...dimensions, images, pixels });
  const provenance =
    design.stimuli === 'pairs' ? {} : { source: 'test-images', truth: shown.map(({ first }) => first) };
  storage.stimulusSets.put(
    {
      hash,
      ...dimensions,
      classes: [...classes],
      source: 'imported',
      provenance,
      original: null,
      pixels: storage.blobs.put(pixels),
      images,
    },
    1,
  );
  return { hash, shown };
}

const labelOf = ({ first, second, doubt }: Shown, random: RandomStream, error: number): number =>
  random.float() < error ? random.int(K) : random.float() < doubt ? second : first;

/** As a table of softmax adds them (main/contributions/answers/models). */
function addModels(
  { storage }: Workbench,
  studyId: number,
  setHash: string,
  shown: readonly Shown[],
  models: number,
): void {
  const { blobs } = storage;
  const outsideModels = outsideModelsOf(storage);
  storage.transaction(() => {
    for (let model = 0; model < models; model++) {
      const random = randomStream(2, 'model', model);
      const name = `model ${model + 1}`;
      const softmax = new Float32Array(shown.length * K);
      const said = Uint16Array.from(shown, (image, at) => {
        const label = labelOf(image, random, 0.02 + 0.001 * model);
        const rest = 0.4 * random.float() ** 2;
        softmax.fill(rest / K, at * K, (at + 1) * K);
        softmax[at * K + label]! += 1 - rest;
        return label;
      });
      const labels = blobs.put(new Uint8Array(said.buffer));
      const answers = { labels, softmax: blobs.put(new Uint8Array(softmax.buffer)) };
      const spec = { kind: 'table', name, set: setHash, ...answers };
      const modelId = outsideModels.put({ identity: sha256(canonicalJson(spec)), kind: 'table', spec, found: {} }, 1);
      const size = { count: shown.length, classes: K };
      outsideModels.putPrediction(modelId, { ...answers, confidence: null, setHash, ...size }, 1);
      outsideModels.link(studyId, modelId, { name, tested: null }, 1);
    }
  });
}

async function importCounts(
  bench: Workbench,
  shown: readonly Shown[],
  labelers: number,
  folder: string,
): Promise<void> {
  const random = randomStream(3, 'people');
  const rows = shown.map((image) => {
    const counts = new Array<number>(K).fill(0);
    // As in CIFAR-10H, images have somewhat different numbers of labels.
    for (let n = labelers - 4 + random.int(9); n > 0; n--) counts[labelOf(image, random, 0.004)]! += 1;
    return [image.id, ...counts].join();
  });
  const path = join(folder, 'counts.csv');
  writeFileSync(path, [['image', ...counts()].join(), ...rows, ''].join('\n'));
  await importResponses(bench, outsideStudy, path, { kind: 'counts', total: null });
}

const counts = (): string[] => classes.map((_, k) => `count_${k}`);

function importLabels(
  { storage }: Workbench,
  studyId: number,
  setHash: string,
  shown: readonly Shown[],
  labelers: number,
): void {
  const ids = Array.from({ length: labelers }, (_, person) => {
    const random = randomStream(4, 'person', person);
    const pseudonym = `P${person + 1}`;
    const rows = shown.map((image) => ({ imageId: image.id, pseudonym, label: labelOf(image, random, 0.004) }));
    return storage.responses.importTable({ setHash, source: 'csv:outside', simulated: false, rows }, 1);
  });
  storage.studies.useLabelers(studyId, ids.flat(), 1);
}
