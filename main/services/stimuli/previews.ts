import type { Images, Strip, Vote } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/errors.ts';
import type { Preview, PreviewRequest } from '../../contract/preview.ts';
import { alphas as evenAlphas, interpolate, type Interpolation, norm } from '../../domain/interpolation.ts';
import { latentDirections } from '../../domain/latents.ts';
import type { StudyRecord } from '../../storage/index.ts';
import type { PreviewProcess } from './preview-process.ts';
import type { Workbench } from '../tools/workbench.ts';
import {
  askable,
  parseLatent,
  neededGenerator,
  provideWeights,
  findReference,
  toShorts,
  type StudyGenerator,
  toBase64,
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
  { generator }: Asked,
): StudyGenerator {
  const current = neededGenerator(workbench, study);
  if (current.weights === generator) return current;
  throw new UserError({
    code: 'stimuli.other-generator',
    what: 'The study has another generator now',
    where: `study ${study.name}`,
    remedy: 'Open the screen again: it shows the current generator.',
  });
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
  { z: latents, ...asked }: Asked & { z: readonly string[] },
): Promise<{ images: Images; reference: Vote | null; votes: Vote[] }> {
  const { workbench, study } = context;
  const { latent } = sameGenerator(context, asked);
  const points = latents.map((z) => parseLatent(z, latent));
  const known = findReference(workbench, study);
  const [reference = null] = askable(workbench, known === null ? [] : [known]);
  const voters = votersAmong(context, asked);
  const { images, votes } = await previewLatents(context, points, reference ? [reference, ...voters] : voters);
  return { images, reference: reference ? (votes[0] ?? null) : null, votes: reference ? votes.slice(1) : votes };
}

/** The way from one latent point to another, with every model's votes. @throws UserError */
export async function strip(
  context: PreviewContext,
  way: Asked & { from: string; to: string; alphas: number; interpolation: Interpolation },
): Promise<Strip> {
  sameGenerator(context, way);
  const alphas = evenAlphas(way.alphas);
  const points = pointsAlong(context, way, alphas, way.interpolation);
  const { images, votes } = await previewLatents(context, points, votersAmong(context, way));
  return { alphas, images, norms: points.map(norm), votes };
}

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
  const { latent } = neededGenerator(workbench, study);
  const [from, to] = [parseLatent(way.from, latent), parseLatent(way.to, latent)];
  return alphas.map((alpha) => interpolate(from, to, alpha, kind));
}

/** Two directions to move a point of this study's generator along. @throws UserError `stimuli.no-generator` */
export function directions(
  { workbench, study }: Pick<PreviewContext, 'workbench' | 'study'>,
  seed: number,
): { first: string; second: string } {
  const [first, second] = latentDirections(seed, neededGenerator(workbench, study).latent);
  return { first: toBase64(first), second: toBase64(second) };
}

/** Renders points with the study's generator and has models vote. @throws UserError */
export async function previewLatents(
  context: PreviewContext,
  points: readonly Float32Array[],
  models: string[],
): Promise<{ images: Images; votes: Vote[] }> {
  const { workbench, study } = context;
  const generator = neededGenerator(workbench, study);
  provideWeights(workbench, study, generator);
  const z = Buffer.concat(points.map((point) => Buffer.from(point.buffer, point.byteOffset, point.byteLength)));
  return preview(context, {
    images: { from: 'latents', generator: generator.weights, z: z.toString('base64') },
    models,
  });
}

export async function preview(
  { previews, signal }: PreviewContext,
  request: PreviewRequest,
): Promise<{ images: Images; votes: Vote[] }> {
  const { width, height, count, pixels, votes } = await previews.preview(request, signal);
  return { images: { width, height, count, pixels }, votes: votes.map(toVote) };
}

const toVote = ({ model, softmax, labels }: Preview['votes'][number]): Vote => ({
  weights: model,
  softmax,
  labels: [...toShorts(labels)],
});
