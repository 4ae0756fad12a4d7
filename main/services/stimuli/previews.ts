import type { Images, Strip, StripPart, Vote } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { imagesAtOnce, maxPreviewImages, type Preview, type PreviewRequest } from '../../contract/runs/preview.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { type ImageSize, sizeOf } from '../../domain/data/images.ts';
import { alphas as evenAlphas, interpolate, type Interpolation, norm } from '../../domain/stimuli/interpolation.ts';
import type { Blending } from '../../contract/stimuli/stimuli.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { PreviewProcess } from './preview-process.ts';
import type { Workbench } from '../workbench/workbench.ts';
import {
  askable,
  parseLatent,
  neededGenerator,
  provideWeights,
  findReference,
  toShorts,
  type StudyGenerator,
  listVoters,
} from './sources.ts';

export interface PreviewContext {
  workbench: Workbench;
  previews: PreviewProcess;
  study: StudyRecord;
  signal?: AbortSignal | undefined;
}

/** Hashes of the generator that a page shows and of the models that vote. */
interface Asked {
  generator: string;
  voters: readonly string[];
}

/** @throws UserError `stimuli.other-generator` if the study has another one now */
function sameGenerator(
  { workbench, study }: Pick<PreviewContext, 'workbench' | 'study'>,
  { generator }: Pick<Asked, 'generator'>,
): StudyGenerator {
  const current = neededGenerator(workbench, study);
  if (current.weights === generator) return current;
  throw new UserError(
    'stimuli.other-generator',
    'The study has another generator now',
    `study ${study.name}`,
    'Open the screen again: it shows the current generator.',
  );
}

/** The requested models that the study has and that have weights in this data folder. */
function votersAmong({ workbench, study }: Pick<PreviewContext, 'workbench' | 'study'>, { voters }: Asked): string[] {
  const wanted = new Set(voters);
  const has = listVoters(workbench, study).flatMap(({ weights }) => (wanted.has(weights) ? [weights] : []));
  return askable(workbench, has);
}

/** Renders latent points and has the reference and the models predict. @throws UserError `stimuli.*`, `inspector.*` */
export async function look(
  context: PreviewContext,
  asked: Asked & { z: readonly string[] },
): Promise<{ images: Images; reference: Vote | null; votes: Vote[] }> {
  const { workbench, study } = context;
  const points = latentPoints(context, asked);
  const known = findReference(workbench, study);
  const [reference = null] = askable(workbench, known === null ? [] : [known]);
  const voters = votersAmong(context, asked);
  const { images, votes } = await previewPoints(context, points, reference ? [reference, ...voters] : voters);
  return { images, reference: reference ? (votes[0] ?? null) : null, votes: reference ? votes.slice(1) : votes };
}

/** The way from one latent point to another, with every model's votes. @throws UserError */
export async function strip(
  context: PreviewContext,
  way: Asked & { from: string; to: string; alphas: number; interpolation: Between },
): Promise<Strip> {
  const { alphas, points } = wayPoints(context, way);
  const { images, votes } = await previewPoints(context, points, votersAmong(context, way));
  return { alphas, images, norms: normsOf(points), votes };
}

/** @throws UserError `stimuli.*` */
export function wayPoints(
  context: Pick<PreviewContext, 'workbench' | 'study'>,
  way: { generator: string; from: string; to: string; alphas: number; interpolation: Between },
): { alphas: number[]; points: Point[] } {
  const generator = sameGenerator(context, way);
  const alphas = evenAlphas(way.alphas);
  const [from, to] = [parseLatent(way.from, generator.latent), parseLatent(way.to, generator.latent)];
  return { alphas, points: alphas.map((alpha) => between(from, to, alpha, way.interpolation, generator)) };
}

/** @throws UserError `stimuli.*` */
export function latentPoints(
  context: Pick<PreviewContext, 'workbench' | 'study'>,
  { z: latents, ...asked }: { generator: string; z: readonly string[] },
): Point[] {
  const generator = sameGenerator(context, asked);
  return latents.map((z) => pointOf(z, generator));
}

interface Ways extends Asked {
  points: readonly string[];
  ways: readonly (readonly [number, number])[];
  alphas: number;
  interpolation: Between;
}

/** How images between two anchors are made: from latent points, or from two real images. */
type Between = Interpolation | Blending;

/** A latent point, or a mix of two test images. */
type Point = Float32Array | { from: number; to: number; alpha: number; interpolation: Blending };

const pointOf = (z: string, generator: StudyGenerator): Point => {
  const point = parseLatent(z, generator.latent);
  return between(point, point, 0, generator.real ? 'pixels' : 'linear', generator);
};

/** The place of a test image among all, which is its point. @throws UserError `stimuli.bad-latent` */
function position(point: Float32Array): number {
  const index = at(point, 0);
  if (Number.isInteger(index) && index >= 0) return index;
  throw new UserError(
    'stimuli.bad-latent',
    `${index} is not the place of a test image`,
    'latent point z',
    'Give a whole number from 0; copy it from a candidate to see how it is written.',
  );
}

/** @throws UserError `stimuli.interpolation` if images of this study are made otherwise */
function between(
  from: Float32Array,
  to: Float32Array,
  alpha: number,
  kind: Between,
  { real, classes }: StudyGenerator,
): Point {
  if (kind === 'pixels' || kind === 'linear-light') {
    if (real) return { from: position(from), to: position(to), alpha, interpolation: kind };
  } else if (!real) return interpolate(from, to, alpha, kind, classes);
  throw new UserError(
    'stimuli.interpolation',
    `These images cannot be interpolated as "${kind}"`,
    'stimuli.interpolation',
    'Use "linear" or "spherical" with a generator, and "pixels" or "linear-light" between real images.',
  );
}

/** Norms of the points that are latent. */
const normsOf = (points: readonly Point[]): number[] =>
  points.flatMap((point) => (point instanceof Float32Array ? [norm(point)] : []));

/**
 * Images of many ways as they are rendered, and then the votes on them. Ways are rendered and predicted together, in parts
 * between which the process answers other requests.
 * @throws UserError; the signal's reason
 */
export async function* strips(context: PreviewContext, asked: Ways): AsyncGenerator<StripPart> {
  const generator = sameGenerator(context, asked);
  const alphas = evenAlphas(asked.alphas);
  const ends = asked.points.map((point) => parseLatent(point, generator.latent));
  const voters = votersAmong(context, asked);
  const steps = alphas.length;
  // The pixels of a group are held until it has its votes.
  const group = Math.max(1, Math.floor(maxPreviewImages / steps));
  for (let first = 0; first < asked.ways.length; first += group) {
    const points = asked.ways
      .slice(first, first + group)
      .flatMap(([from, to]) =>
        alphas.map((alpha) => between(at(ends, from), at(ends, to), alpha, asked.interpolation, generator)),
      );
    const size: ImageSize = { width: 0, height: 0, channels: 1 };
    const pixels: Buffer[] = [];
    let way = 0;
    for (const part of partsOf(points, imagesAtOnce.rendered)) {
      const { images } = await previewPoints(context, part, []);
      Object.assign(size, sizeOf(images));
      pixels.push(...pieces(images.pixels, images.count));
      for (; (way + 1) * steps <= pixels.length; way++) {
        const own = [way * steps, (way + 1) * steps] as const;
        const rendered = Buffer.concat(pixels.slice(...own)).toString('base64');
        yield {
          type: 'images',
          way: first + way,
          alphas,
          norms: normsOf(points.slice(...own)),
          images: { ...size, count: steps, pixels: rendered },
        };
      }
    }
    const votes: PieceOfVote[][] = [];
    way = 0;
    for (const part of partsOf(pixels, imagesAtOnce.predicted)) {
      votes.push(...(await votesOf(context, size, part, voters)));
      for (; (way + 1) * steps <= votes.length; way++) {
        const own = votes.slice(way * steps, (way + 1) * steps);
        yield { type: 'votes', way: first + way, votes: voters.map((weights, n) => joinVotes(weights, own, n)) };
      }
    }
  }
}

/** What a model says of one image. */
interface PieceOfVote {
  softmax: Buffer;
  label: number;
}

/** By image, and within it by voter. */
async function votesOf(
  context: PreviewContext,
  size: ImageSize,
  part: readonly Buffer[],
  voters: string[],
): Promise<PieceOfVote[][]> {
  if (voters.length === 0) return part.map(() => []);
  const pixels = Buffer.concat(part).toString('base64');
  const { votes } = await preview(context, { images: { from: 'pixels', ...size, pixels }, models: voters });
  const rows = votes.map(({ softmax }) => pieces(softmax, part.length));
  return part.map((_, image) =>
    votes.map(({ labels }, n) => ({ softmax: at(at(rows, n), image), label: at(labels, image) })),
  );
}

const joinVotes = (weights: string, images: readonly PieceOfVote[][], voter: number): Vote => {
  const own = images.map((votes) => at(votes, voter));
  return {
    weights,
    softmax: Buffer.concat(own.map(({ softmax }) => softmax)).toString('base64'),
    labels: own.map(({ label }) => label),
  };
};

/** Parts of a list, of `size` each; the last one may be shorter. */
const partsOf = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));

/** Bytes in base64, cut into `count` pieces of one length. */
const pieces = (base64: string, count: number): Buffer[] => {
  const bytes = Buffer.from(base64, 'base64');
  const length = bytes.length / count;
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * length, (n + 1) * length));
};

/** Norm of z along alpha, both ways. @throws UserError */
export function norms(
  context: Pick<PreviewContext, 'workbench' | 'study'>,
  way: { from: string; to: string; alphas: number },
): { alphas: number[]; linear: number[]; spherical: number[] } {
  const alphas = evenAlphas(way.alphas);
  const along = (kind: Interpolation): number[] => pointsAlong(context, way, alphas, kind).map(norm);
  return { alphas, linear: along('linear'), spherical: along('spherical') };
}

function pointsAlong(
  { workbench, study }: Pick<PreviewContext, 'workbench' | 'study'>,
  way: { from: string; to: string },
  alphas: readonly number[],
  kind: Interpolation,
): Float32Array[] {
  const { latent, classes } = neededGenerator(workbench, study);
  const [from, to] = [parseLatent(way.from, latent), parseLatent(way.to, latent)];
  return alphas.map((alpha) => interpolate(from, to, alpha, kind, classes));
}

/** Renders points with what makes the study's images, and has models vote. @throws UserError */
export async function previewPoints(
  context: PreviewContext,
  points: readonly Point[],
  models: string[],
): Promise<{ images: Images; votes: Vote[] }> {
  const { workbench, study } = context;
  const generator = neededGenerator(workbench, study);
  if (generator.real) {
    const blends = points.flatMap((point) => (point instanceof Float32Array ? [] : [point]));
    const [first] = blends;
    const images: PreviewRequest['images'] = {
      from: 'test-images',
      ...generator.real,
      interpolation: first?.interpolation ?? 'pixels',
      blends: blends.map(({ from, to, alpha }) => [from, to, alpha]),
    };
    return preview(context, { images, models });
  }
  provideWeights(workbench, study, generator);
  const latents = points.flatMap((point) => (point instanceof Float32Array ? [point] : []));
  const z = Buffer.concat(latents.map((point) => Buffer.from(point.buffer, point.byteOffset, point.byteLength)));
  return preview(context, {
    images: { from: 'latents', generator: generator.weights, z: z.toString('base64') },
    models,
  });
}

export async function preview(
  { previews, signal }: PreviewContext,
  request: PreviewRequest,
): Promise<{ images: Images; votes: Vote[] }> {
  const { votes, ...images } = await previews.preview(request, signal);
  return { images, votes: votes.map(toVote) };
}

const toVote = ({ model, softmax, labels }: Preview['votes'][number]): Vote => ({
  weights: model,
  softmax,
  labels: [...toShorts(labels)],
});
