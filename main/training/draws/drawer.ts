import type { DrawsTask } from '../../contract/draws.ts';
import type { AnchorRule } from '../../contract/study.ts';
import { type AnchorSearch, drawStimuli, type DrawnStimuli, type StimulusDesign } from '../../domain/anchors.ts';
import { clearSamples } from '../../domain/candidates.ts';
import { resizeImages } from '../../domain/images.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { Engine } from '../engines/engine.ts';
import { classifySamples, findCandidates } from '../generator/candidates.ts';
import { GeneratorRenderer } from '../generator/renderer.ts';
import { ClassifierPredictor } from '../predictions/predictor.ts';

/** A generator, the reference network that judges its samples, and how these are searched. */
export type DrawSource = Pick<
  DrawsTask,
  'generator' | 'reference' | 'samples' | 'perClass' | 'searchSeed' | 'real' | 'rule'
>;

/** One draw, with its images in the size that networks take: uint8 [images, height, width]. */
export interface DrawnImages extends DrawnStimuli {
  pixels: Uint8Array;
}

/**
 * Draws stimulus sets from a generator by a rule, as often as wanted. `draw(design, seed)` gives the same images at all
 * times: those of a study with that seed. Call `dispose` at the end.
 */
export class StimulusDrawer {
  readonly reference: ClassifierPredictor;
  readonly #source: DrawSource;
  readonly #blobs: BlobStore;
  readonly #renderer: GeneratorRenderer;
  #search: AnchorSearch | undefined;

  /** @throws UserError unless both blobs are complete weights */
  constructor(engine: Engine, blobs: BlobStore, source: DrawSource) {
    const { generator, reference } = source;
    this.#source = source;
    this.#blobs = blobs;
    this.#renderer = new GeneratorRenderer(engine, blobs.get(generator), blobs.path(generator));
    this.reference = new ClassifierPredictor(engine, blobs.get(reference), blobs.path(reference));
  }

  /**
   * @param pause awaited about every 50 ms or more; throw from it to stop
   * @throws UserError `candidates.missing-class`, `stimuli.too-few-anchors`
   */
  async draw(design: StimulusDesign, seed: number, pause: () => Promise<void>): Promise<DrawnImages> {
    const { rule, searchSeed } = this.#source;
    const isBest = rule === 'best';
    // The best of one search are the same each time, so each draw searches among other samples.
    const search = isBest ? await this.#find(seed, pause) : await this.#ownSearch(searchSeed, pause);
    const chosen: AnchorRule = isBest ? { kind: 'best' } : { kind: rule, seed };
    const drawn = drawStimuli(search, chosen, design);
    const { size } = this.#renderer;
    const original = await this.#renderer.render(drawn.latents, pause);
    const pixels = resizeImages(original, size, this.reference.meta.form);
    return { ...drawn, pixels };
  }

  async #ownSearch(seed: number, pause: () => Promise<void>): Promise<AnchorSearch> {
    this.#search ??= await this.#find(seed, pause);
    return this.#search;
  }

  async #find(seed: number, pause: () => Promise<void>): Promise<AnchorSearch> {
    const { rule, samples, perClass, real } = this.#source;
    const [renderer, reference] = [this.#renderer, this.reference];
    const { space } = renderer;
    const found = await classifySamples({ seed, samples }, { renderer, reference }, pause);
    if (rule === 'clear') {
      const clear = clearSamples(found.softmax, reference.meta.classes.length, found.asked);
      return { seed, space, classes: clear.map((list) => ({ candidates: [], clear: list })) };
    }
    const candidates = await findCandidates(found, { real, perClass, blobs: this.#blobs }, pause);
    return {
      seed,
      space,
      classes: candidates.map((list) => ({ candidates: list.map(({ index }) => index), clear: null })),
    };
  }

  dispose(): void {
    this.#renderer.dispose();
    this.reference.dispose();
  }
}
