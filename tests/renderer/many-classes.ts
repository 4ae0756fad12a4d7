import { join } from 'node:path';
import { at } from '../../main/domain/numbers/arrays.ts';
import type { ImageSize } from '../../main/domain/data/images.ts';
import { stimulusSetHash } from '../../main/domain/plans/identity.ts';
import { proposeKeys } from '../../main/contributions/desk/analysis/choices.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { rehearse } from '../../main/domain/plans/rehearsal.ts';
import { isPlaced, layOutStimuli, type Pair, type PlacedImage } from '../../main/domain/stimuli/stimulus-set.ts';
import { planTraining } from '../../main/services/declaration/plan.ts';
import { studySchema } from '../../main/contract/studies/study.ts';
import { exportStimulusSet } from '../../main/contributions/sets/write-set.ts';
import { importStimulusSet } from '../../main/contributions/sets/reading/import-stimuli.ts';
import { openLab, type TestLab } from '../services/lab/lab-helper.ts';
import { plan } from '../services/labeling/labeling-helper.ts';
import { landed, queue } from '../services/results/seed-study.ts';
import { environment, hash } from '../storage/records.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { started } from '../storage/run-helper.ts';
import { addTestImageStudy } from './test-images-study.ts';

const imageSize: ImageSize = { width: 16, height: 16, channels: 3 };

/** The longest name, an emoji, a script from right to left, and one without spaces. */
const awkward = [
  'A name of sixty-four characters, the most that a class may have!',
  'Katze 🐈',
  'كلب صغير',
  '猫',
  `Donau${'dampf'.repeat(11)}`,
];

const colors = ['amber', 'black', 'brown', 'cream', 'green', 'olive', 'red', 'tawny', 'violet', 'white'];
const animals = ['ant', 'bear', 'cat', 'dog', 'eel', 'fox', 'goat', 'hen', 'ibis', 'jay'];

/** Names of so many classes; from six on some are awkward. */
export function classNames(count: number): string[] {
  const plain = colors.flatMap((color) => animals.map((animal) => `${color} ${animal}`));
  if (count <= animals.length)
    return count < 6 ? animals.slice(1, count + 1) : [...awkward, ...animals].slice(0, count);
  return [...plain.slice(0, count - awkward.length), ...awkward];
}

/** A disc between two hues on a ground between two others. */
function draw({ pairI, pairJ, alpha }: PlacedImage, classes: number): number[] {
  const { width, height } = imageSize;
  const hue = ((1 - alpha) * pairI + alpha * pairJ) / classes;
  const wave = (shift: number): number => Math.round(128 + 120 * Math.cos(2 * Math.PI * (hue + shift)));
  return Array.from({ length: width * height }, (_, k) => {
    const distance = Math.hypot((k % width) - 7.5, Math.floor(k / width) - 7.5 + 3 * (alpha - 0.5));
    return distance < 5 ? [wave(0), wave(1 / 3), wave(2 / 3)] : [wave(1 / 2), wave(5 / 6), wave(1 / 6)];
  }).flat();
}

/** Each class with the next one, as a ring; of two classes their one pair. */
const ring = (count: number): Pair[] =>
  count === 2
    ? [[0, 1]]
    : Array.from({ length: count }, (_, k): Pair => (k + 1 < count ? [k, k + 1] : [0, k])).sort(
        (a, b) => a[0] - b[0] || a[1] - b[1],
      );

export interface StudyOfClasses {
  study: string;
  names: readonly string[];
  /** Tokens of sessions: a page of images, and one at a time. */
  desks: { grid: string; single: string };
}

/**
 * A data folder with a study for each number of classes: stimuli in color, imported from PNG files, three made-up
 * networks, five simulated labelers, and sessions with proposed keys. And the study `test images`, of 60 of these.
 */
export async function studiesOfClasses(
  counts: readonly number[],
): Promise<{ dataFolder: string; studies: StudyOfClasses[] }> {
  const it = openLab();
  const studies: StudyOfClasses[] = [];
  for (const count of counts) studies.push(await addStudy(it, count));
  addTestImageStudy(it, { name: 'test images', count: 60, models: 2, people: 3 });
  await it.lab.close();
  return { dataFolder: it.dataFolder, studies };
}

async function addStudy({ lab, client }: TestLab, count: number): Promise<StudyOfClasses> {
  const { storage } = lab.workbench;
  const names = classNames(count);
  const study = `classes ${count}`;
  const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
  const spec = studySchema.parse({
    schema: 'boundary-workbench/study/1',
    name: study,
    title: `${count} classes`,
    dataSet: { source: 'idx', name: 'Discs', classes: names, ...files },
    generator: null,
    reference: null,
    stimuli: { source: 'imported', path: 'set.zip' },
    models: ['mlp', 'cnn', 'vit'].map((kind, index) => ({
      name: `${kind.toUpperCase()}1`,
      group: 'diverse',
      seed: index + 1,
      recipe: { architecture: { kind }, targets: [90] },
    })),
    labelers: { source: 'rehearsal', count: 5, seed: 1 },
  });
  const id = storage.studies.put(study, spec, 1);
  const { images, pixels } = await importedStimuli(names);
  const setHash = stimulusSetHash({ ...imageSize, images, pixels });
  storage.stimulusSets.put(
    {
      hash: setHash,
      ...imageSize,
      classes: [...names],
      source: 'imported',
      provenance: {},
      original: null,
      pixels: storage.blobs.put(pixels),
      images: images.map((image) => ({ ...image, z: null })),
    },
    1,
  );
  storage.studies.useStimuli(id, setHash, 1);
  for (const planned of planTraining(spec, hash(500 + count), [])) {
    if (!planned.model) continue;
    const runId = queue(lab.workbench, id, planned);
    storage.runs.claimNext(['wasm'], environment, 2, id, [planned.role]);
    storage.runs.applyEvent(runId, started, 2);
    const result = landed(lab.workbench, planned.model.name, [90]);
    storage.runs.applyEvent(runId, { type: 'done', result }, 3);
    for (const { weights } of result.snapshots) {
      const { softmax, labels } = predictions(planned.model.name, images.filter(isPlaced), count);
      const blobs = { softmax: storage.blobs.put(softmax), labels: storage.blobs.put(labels) };
      const made = { model: weights, setHash, count: images.length, classes: count, runId: null, ...blobs };
      storage.predictions.put(made, 3);
    }
  }
  const rehearsal = rehearse({ points: images, classes: count, count: 5, seed: 1 });
  const rows = rehearsal.pseudonyms.flatMap((pseudonym, person) =>
    images.map((image, place) => ({ imageId: image.id, pseudonym, label: at(at(rehearsal.labels, person), place) })),
  );
  const labelers = storage.responses.importTable({ setHash, source: 'rehearsal:1', simulated: true, rows }, 4);
  storage.studies.useLabelers(id, labelers, 4);
  const desk = async (mode: 'grid' | 'single'): Promise<string> => {
    const question = {
      names: [...names],
      keys: proposeKeys(names),
      question: 'What is this?',
      cannotTell: "Can't tell",
    };
    const shown = { mode, size: { unit: 'px' as const, value: 150 }, grid: { columns: 5, rows: 3 }, practice: 0 };
    await client.desk.plan.save({ study, plan: plan({ ...question, ...shown, repeats: 0, attention: 0 }) });
    const [session] = await client.desk.sessions.create({ study, count: 1, medium: 'screen' });
    return session?.token ?? '';
  };
  const desks = { grid: await desk('grid'), single: await desk('single') };
  return { study, names, desks };
}

/** Discs as a folder of PNG files, read as any imported set. */
async function importedStimuli(names: readonly string[]) {
  const count = names.length;
  const images = layOutStimuli(ring(count), [0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1]);
  const pixels = Uint8Array.from(images.flatMap((image) => draw(image, count)));
  const folder = join(temporaryFolder(), 'stimuli');
  await exportStimulusSet({ ...imageSize, images, pixels }, folder);
  return importStimulusSet(folder);
}

/** A logistic from one class to the other with a little of a third one. */
function predictions(name: string, images: readonly PlacedImage[], classes: number) {
  const softmax = new Float32Array(images.length * classes);
  const labels = new Uint16Array(images.length);
  images.forEach(({ pairI, pairJ, alpha }, image) => {
    const random = randomStream(1, name, pairI, pairJ);
    const towardsJ = 1 / (1 + Math.exp((0.5 + 0.1 * random.normal() - alpha) / 0.06));
    const row = softmax.subarray(image * classes, (image + 1) * classes);
    const doubt = classes > 2 ? 2 * random.float() * towardsJ * (1 - towardsJ) : 0;
    row[pairI] = (1 - doubt) * (1 - towardsJ);
    row[pairJ] = (1 - doubt) * towardsJ;
    if (doubt > 0) {
      const third = (pairJ + 1) % classes === pairI ? (pairJ + 2) % classes : (pairJ + 1) % classes;
      row[third] = (row[third] ?? 0) + doubt;
    }
    labels[image] = row.indexOf(Math.max(...row));
  });
  return { softmax: new Uint8Array(softmax.buffer), labels: new Uint8Array(labels.buffer) };
}
