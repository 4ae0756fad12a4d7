import type { Images, Vote } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { norm } from '../../domain/stimuli/interpolation.ts';
import { imageHash } from '../../domain/plans/identity.ts';
import { sizeOf } from '../../domain/data/images.ts';
import { isPlaced, pixelsAt } from '../../domain/stimuli/stimulus-set.ts';
import type { StimulusRecord, StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import { studyPairs } from '../study/blended.ts';
import { designLatents } from '../study/stimuli.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { draftAnchors, listSearches } from './candidates.ts';
import { classNames } from '../declaration/data-set.ts';
import { askable, neededGenerator, toShorts, toBase64, listVoters } from './sources.ts';
import { findStimuli, readImages } from '../workbench/find.ts';
import { preview, previewPoints, type PreviewContext } from './previews.ts';
import { draftBlend, draftBlends } from './real-images.ts';

/** Labels that people gave to some images: counts [image][class], or null where nobody labeled them. */
interface PeopleVotes {
  people: number[][] | null;
  simulated: boolean;
}

/** One pair of the frozen set with all votes: stored ones, or predicted now where there are none. @throws UserError */
export async function frozenStrip(context: PreviewContext, [i, j]: readonly [number, number]) {
  const set = neededSet(context);
  const chosen = imagesOfPair(context, set, [i, j]);
  const positions = chosen.map(({ position }) => position);
  const { votes } = await frozenVotes(context, set, positions);
  return {
    alphas: chosen.map(({ image }) => image.alpha),
    ids: chosen.map(({ image }) => image.id),
    images: imagesAt(context.workbench, set, positions, 'original'),
    norms: chosen.flatMap(({ image }) => (image.z ? [norm(image.z)] : [])),
    votes,
    ...(await peopleVotes(
      context,
      set,
      chosen.map(({ image }) => image.id),
    )),
  };
}

/** Images of a pair along alpha, with their positions in the set. @throws UserError `stimuli.no-image` */
export function imagesOfPair(context: PreviewContext, set: StimulusSetRecord, [i, j]: readonly [number, number]) {
  const chosen = set.images.flatMap((image, position) =>
    isPlaced(image) && image.pairI === i && image.pairJ === j ? [{ image, position }] : [],
  );
  if (chosen.length === 0) throw noImage(context, `a pair of classes ${i} and ${j}`);
  return chosen.sort((a, b) => a.image.alpha - b.image.alpha);
}

/** One image, large: of the frozen set where there is one, else of the draft. @throws UserError */
export async function oneImage(context: PreviewContext, id: number) {
  const set = findStimuli(context.workbench, context.study.id);
  if (!set) return draftImage(context, id);
  const position = set.images.findIndex((image) => image.id === id);
  const image = set.images[position];
  if (!image) throw noImage(context, `an image ${id}`);
  const { votes } = await frozenVotes(context, set, [position]);
  const { people, simulated } = await peopleVotes(context, set, [id]);
  const model = imagesAt(context.workbench, set, [position]);
  return {
    ...place(image),
    image: id,
    frozen: true,
    votes,
    people: people?.[0] ?? null,
    simulated,
    original: imagesAt(context.workbench, set, [position], 'original'),
    model: set.original ? model : null,
    hash: imageHash(Buffer.from(model.pixels, 'base64')),
  };
}

async function draftImage(context: PreviewContext, id: number) {
  const { workbench, study } = context;
  const { placed, point } = draftPoint(context, id);
  const voters = askable(
    workbench,
    listVoters(workbench, study).map(({ weights }) => weights),
  );
  const { images: original, votes } = await previewPoints(context, [point], voters);
  return {
    ...placed,
    image: id,
    frozen: false,
    original,
    model: null,
    hash: null,
    votes,
    people: null,
    simulated: false,
  };
}

/** Where an image of the draft lies, and what it is made of. @throws UserError */
export function draftPoint(context: PreviewContext, id: number) {
  const { workbench, study } = context;
  const spec = study.spec.stimuli;
  if (spec.source === 'blended') {
    const chosen = draftBlends(workbench, study, spec, classNames(workbench, study));
    const found = chosen && draftBlend(chosen, spec, id);
    if (!found) throw noImage(context, `an image ${id}`);
    const point = { ...found.blend, interpolation: spec.interpolation };
    return { placed: place({ ...found.image, z: null }), point };
  }
  if (spec.source !== 'generated') throw noImage(context, `an image ${id}`);
  const pairs = studyPairs(workbench, study.id, spec.design, classNames(workbench, study).length);
  const searches = listSearches(workbench, study, neededGenerator(workbench, study));
  const anchors = draftAnchors(workbench, searches, spec, pairs);
  if (!anchors) throw noImage(context, 'anchors to make images of');
  const { images, values } = designLatents(anchors, spec, pairs);
  const image = images[id];
  const latent = values.length / images.length;
  if (!image) throw noImage(context, `an image ${id}`);
  const z = values.slice(id * latent, (id + 1) * latent);
  return { placed: place({ ...image, z }), point: z };
}

function place({ z, ...image }: StimulusRecord) {
  const pair: [number, number] | null = isPlaced(image) ? [image.pairI, image.pairJ] : null;
  return { pair, alpha: image.alpha, truth: image.truth ?? null, z: z && toBase64(z), norm: z && norm(z) };
}

/** Stored votes at some positions of a set, or new predictions. */
async function frozenVotes(
  context: PreviewContext,
  set: StimulusSetRecord,
  positions: readonly number[],
): Promise<{ votes: Vote[] }> {
  const { workbench, study } = context;
  const models = new Map(workbench.storage.models.ofStudy(study.id).map((model) => [model.weights, model]));
  const voters = listVoters(workbench, study).map(({ weights }) => weights);
  const stored = new Map(
    voters.flatMap((weights) => {
      const known = storedVote(workbench, models.get(weights)?.prediction, set, positions);
      return known?.softmax ? [[weights, { weights, softmax: known.softmax, labels: known.labels }] as const] : [];
    }),
  );
  const missing = askable(
    workbench,
    voters.filter((weights) => !stored.has(weights)),
  );
  if (missing.length > 0) {
    const { count: _, ...images } = imagesAt(workbench, set, positions);
    const asked = await preview(context, { images: { from: 'pixels', ...images }, models: missing });
    for (const vote of asked.votes) stored.set(vote.weights, vote);
  }
  return { votes: voters.flatMap((weights) => stored.get(weights) ?? []) };
}

/** What a model said of images at some positions of a set; null: its files are missing, or of another set. */
export function storedVote(
  { storage }: Workbench,
  prediction: { softmax: string | null; labels: string } | null | undefined,
  { classes, images }: StimulusSetRecord,
  positions: readonly number[],
): { softmax: string | null; labels: number[] } | null {
  if (!prediction || !storage.blobs.has(prediction.labels)) return null;
  const all = toShorts(storage.blobs.get(prediction.labels).toString('base64'));
  const labels = positions.map((position) => all[position] ?? 0);
  if (prediction.softmax === null) return { softmax: null, labels };
  if (!storage.blobs.has(prediction.softmax)) return null;
  const k = classes.length;
  const rows = new Float32Array(Uint8Array.from(storage.blobs.get(prediction.softmax)).buffer);
  if (rows.length !== images.length * k) return null;
  const chosen = new Float32Array(positions.length * k);
  positions.forEach((position, n) => chosen.set(rows.subarray(position * k, (position + 1) * k), n * k));
  return { softmax: toBase64(chosen), labels };
}

async function peopleVotes(
  { workbench, study }: PreviewContext,
  set: StimulusSetRecord,
  ids: readonly number[],
): Promise<PeopleVotes> {
  const table = await workbench.storage.responses.readTable(study.id, set.hash);
  const { labelers, labels, imageIds, containsSimulated } = table;
  const columns = ids.map((id) => imageIds.indexOf(id));
  const people = columns.map((column) => set.classes.map((_, k) => labels.filter((said) => said[column] === k).length));
  const asked = labelers.length > 0 && people.some((counts) => counts.some((count) => count > 0));
  return { people: asked ? people : null, simulated: asked && containsSimulated };
}

export function imagesAt(
  workbench: Workbench,
  set: StimulusSetRecord,
  positions: readonly number[],
  size: 'model' | 'original' = 'model',
): Images {
  const all = readImages(workbench, set, size);
  const chosen = positions.map((position) => pixelsAt(all, position));
  return { ...sizeOf(all), count: positions.length, pixels: toBase64(Buffer.concat(chosen)) };
}

export function neededSet({ workbench, study }: PreviewContext): StimulusSetRecord {
  const set = findStimuli(workbench, study.id);
  if (set) return set;
  throw new UserError(
    'stimuli.not-frozen',
    'This study has no frozen stimuli yet',
    `study ${study.name}`,
    'Choose anchors and pairs, then freeze the set.',
  );
}

export const noImage = ({ study }: PreviewContext, what: string): UserError =>
  new UserError(
    'stimuli.no-image',
    `These stimuli do not have ${what}`,
    `study ${study.name}`,
    'Open it from the grid of images.',
  );
