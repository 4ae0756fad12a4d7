import { isPlaced } from '../../domain/stimuli/index.ts';
import type { z } from 'zod';
import type { Comparison, compareInputSchema } from './contract.ts';
import { compareTargets, differences, type Json } from '../../domain/numbers/index.ts';
import { imageLength, sizeOf } from '../../domain/data/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import type { TableRow } from '../../storage/runs/index.ts';
import {
  findRun,
  findStimuli,
  findStudy,
  pauseNow,
  readImages,
  type Workbench,
} from '../../services/workbench/index.ts';
import type { Tools } from '../../services/tools/index.ts';
import { covered, toRunRow } from '../../services/runs/index.ts';
import type { Target } from '../../contract/recipes/index.ts';

const shownImages = 120;

/** @throws UserError `study.not-found`, `run.not-found`, `compare.not-classifiers` */
export function compareRuns(
  { workbench, jobs, settings }: Pick<Tools, 'workbench' | 'jobs' | 'settings'>,
  input: z.infer<typeof compareInputSchema>,
): Comparison {
  const { storage, now } = workbench;
  const study = findStudy(workbench, input.study);
  const tasks = input.ids.map((id) => findRun(workbench, id).task);
  if (tasks.some(({ kind }) => kind !== 'classifier')) throw notClassifiers();
  const rows = storage.runTable.rows(study.id, input.ids, now());
  const isWorking = covered(jobs, study.name);
  const pause = pauseNow({ workbench, settings });
  const recipes = tasks.map((task) => (task.kind === 'classifier' ? { ...task.recipe, seed: task.seed } : {}) as Json);
  const { different, same } = differences(recipes);
  const targets = [...new Set(rows.flatMap(({ snapshots }) => snapshots.map(({ target }) => target)))].sort(
    compareTargets,
  );
  const target = input.target ?? mostCommon(rows, targets);
  return {
    rows: rows.map((row) => toRunRow({ workbench, settings }, row, isWorking(row.role), pause)),
    differences: different,
    sameKeys: same,
    targets,
    target,
    stimuli: target === null ? null : onStimuli(workbench, study.id, input.ids, target),
  };
}

/** The target that most of the runs reached; of several, the highest. */
function mostCommon(rows: readonly TableRow[], targets: readonly Target[]): Target | null {
  const reached = (target: Target): number =>
    rows.filter(({ snapshots }) => snapshots.some((snapshot) => snapshot.target === target)).length;
  return targets.reduce<Target | null>(
    (best, target) => (best === null || reached(target) >= reached(best) ? target : best),
    null,
  );
}

function onStimuli(
  workbench: Workbench,
  studyId: number,
  ids: readonly number[],
  target: Target,
): Comparison['stimuli'] {
  const { storage } = workbench;
  const set = findStimuli(workbench, studyId);
  if (!set) return null;
  const labels = ids.map((id) => {
    const weights = storage.runHistory.snapshots(id).find((snapshot) => snapshot.target === target)?.weights;
    const prediction = weights === undefined ? undefined : storage.predictions.get(weights, set.hash);
    return prediction && storage.blobs.has(prediction.labels) ? uint16(storage.blobs.get(prediction.labels)) : null;
  });
  const images = [...set.images].sort((a, b) => a.id - b.id);
  const differing = images
    .map((image, index) => ({ image, index, kinds: kindsAt(labels, index) }))
    .filter(({ kinds }) => kinds > 1)
    .sort((a, b) => b.kinds - a.kinds || a.index - b.index);
  const shown = differing.slice(0, shownImages);
  const pixels = shown.length > 0 ? readImages(workbench, set).pixels : Buffer.alloc(0);
  const length = imageLength(set);
  return {
    count: images.length,
    classes: set.classes,
    ...sizeOf(set),
    predicted: labels.map((each) => each !== null),
    disagreements: labels.map((a) => labels.map((b) => (a && b ? disagreement(a, b) : null))),
    differing: differing.length,
    images: shown.map(({ image, index }) => ({
      image: image.id,
      pair: isPlaced(image) ? ([image.pairI, image.pairJ] as [number, number]) : null,
      alpha: image.alpha,
      labels: labels.map((each) => each?.[index] ?? null),
      pixels: pixels.subarray(index * length, (index + 1) * length).toString('base64'),
    })),
  };
}

/** Little-endian; the buffer may start at an odd offset. */
function uint16(bytes: Buffer): Uint16Array {
  return Uint16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16LE(2 * index));
}

function kindsAt(labels: readonly (Uint16Array | null)[], index: number): number {
  return new Set(labels.flatMap((each) => each?.[index] ?? [])).size;
}

function disagreement(a: Uint16Array, b: Uint16Array): number {
  return a.reduce((sum, label, index) => sum + (label === b[index] ? 0 : 1), 0);
}

const notClassifiers = (): UserError =>
  new UserError(
    'compare.not-classifiers',
    'Only trainings of networks can be compared here',
    'the runs that are chosen',
    'Leave out generators, stimuli and predictions.',
  );
