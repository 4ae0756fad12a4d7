import { resolve } from 'node:path';
import type { AnchorSpec, GeneratedStimuliSpec } from '../../contract/study.ts';
import { alphas, stimulusLatents } from '../../domain/interpolation.ts';
import { resolvePairs } from '../../domain/pair-design.ts';
import { stimulusSetHash } from '../../domain/pixel-hash.ts';
import { resizeImages } from '../../domain/resample.ts';
import { layOutStimuli } from '../../domain/stimulus-set.ts';
import type { StimulusImage } from '../../domain/stimulus-set.ts';
import { importStimulusSet } from '../../files/stimuli/import-stimuli.ts';
import type { DataSetRecord, RunRecord, StimulusSetRecord } from '../../storage/index.ts';
import type { ShippedGenerator } from '../generators/shipped.ts';
import type { Workbench } from '../tools/workbench.ts';
import { anchorPoints, chooseAnchors, readCandidates } from './anchors.ts';
import type { GeneratedProvenance } from './anchors.ts';

/** A frozen set, as the steps after it need it. */
export interface FrozenStimuli {
  setHash: string;
  /** Hash of the models' pixels. */
  pixels: string;
  count: number;
}

/** The latent points of a design, before they are rendered. */
export interface ChosenLatents {
  images: readonly StimulusImage[];
  /** float32 [images, latent]. */
  values: Float32Array;
  /** Hash of the blob with these values. */
  latents: string;
  anchors: AnchorSpec[];
}

/**
 * Interpolates between the anchors, pair by pair.
 * @throws UserError `pairs.*`, `stimuli.anchors`
 */
export function latentsOf(
  bench: Workbench,
  search: RunRecord,
  spec: GeneratedStimuliSpec,
  dataSet: DataSetRecord,
): ChosenLatents {
  const candidates = readCandidates(bench, search);
  const anchors = chooseAnchors(candidates, spec.anchors);
  const points = anchorPoints(candidates, anchors);
  const { images, values } = designLatents(points, spec, dataSet.classes.length);
  return { images, values, latents: bench.storage.blobs.put(bytesOf(values)), anchors };
}

/**
 * All images of a design and their latent points, float32 [images, latent].
 * @throws UserError `pairs.*`
 */
export function designLatents(
  points: readonly Float32Array[],
  { design, alphas: count, interpolation }: Pick<GeneratedStimuliSpec, 'design' | 'alphas' | 'interpolation'>,
  classes: number,
): Pick<ChosenLatents, 'images' | 'values'> {
  const images = layOutStimuli(resolvePairs(design, classes), alphas(count));
  return { images, values: stimulusLatents(images, points, interpolation) };
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The weights that make the images, and the generator that came with the product if they are its. */
export interface ChosenGenerator {
  weights: string;
  shipped: ShippedGenerator | null;
}

/** Freezes what was rendered. */
export function freezeGenerated(
  bench: Workbench,
  made: {
    chosen: ChosenLatents;
    rendered: RunRecord;
    search: RunRecord;
    generator: ChosenGenerator;
    spec: GeneratedStimuliSpec;
    dataSet: DataSetRecord;
  },
): FrozenStimuli {
  const { chosen, rendered, search, spec, dataSet } = made;
  if (rendered.result?.kind !== 'stimuli') throw new Error(`run ${rendered.id} has no stimuli`);
  if (search.result?.kind !== 'candidates') throw new Error(`run ${search.id} has no candidates`);
  const { model, original } = rendered.result;
  const latent = chosen.values.length / chosen.images.length;
  const provenance: GeneratedProvenance = {
    generator: made.generator.weights,
    shipped: made.generator.shipped?.provenance ?? null,
    candidates: search.result.candidates,
    anchors: chosen.anchors,
    interpolation: spec.interpolation,
    run: rendered.id,
  };
  return freeze(bench, {
    ...model,
    classes: dataSet.classes,
    source: 'generated',
    provenance,
    original: original.pixels === model.pixels ? null : original,
    images: chosen.images.map((image, index) => ({
      ...image,
      z: chosen.values.slice(index * latent, (index + 1) * latent),
    })),
  });
}

/**
 * Reads a set made elsewhere and freezes it; images of another size are brought to the models' size.
 * @throws UserError `stimuli.*`, `png.*`, `csv.*`, `file.*`; nothing is stored then.
 */
export async function freezeImported(
  bench: Workbench,
  from: { path: string; folder: string; dataSet: DataSetRecord },
): Promise<FrozenStimuli> {
  const { dataSet } = from;
  const path = resolve(from.folder, from.path);
  const set = await importStimulusSet(path, { classes: dataSet.classes.length });
  const { blobs } = bench.storage;
  const isModelSize = set.width === dataSet.width && set.height === dataSet.height;
  const own = { width: set.width, height: set.height, pixels: blobs.put(set.pixels) };
  const size = { width: dataSet.width, height: dataSet.height };
  const model = isModelSize ? own : { ...size, pixels: blobs.put(resizeImages(set.pixels, set, size)) };
  return freeze(bench, {
    ...model,
    classes: dataSet.classes,
    source: 'imported',
    provenance: { path, setHash: stimulusSetHash(set) },
    original: isModelSize ? null : own,
    images: set.images.map((image) => ({ ...image, z: null })),
  });
}

/** The set is known by the hash of the pixels that the models see. */
function freeze({ storage, now }: Workbench, set: Omit<StimulusSetRecord, 'hash'>): FrozenStimuli {
  const { width, height, images } = set;
  const hash = stimulusSetHash({ width, height, images, pixels: storage.blobs.get(set.pixels) });
  storage.stimulusSets.put({ ...set, hash }, now());
  return { setHash: hash, pixels: set.pixels, count: images.length };
}
