import type { DrawsTask } from './contract/task.ts';
import type { AnchorRule } from '../../contract/stimuli/index.ts';
import { clearSamples } from '../../domain/stimuli/index.ts';
import { resizeImages } from '../../domain/data/index.ts';
import type { BlobStore } from '../../files/index.ts';
import { type AnchorSearch, drawStimuli, type DrawnStimuli, type StimulusDesign } from './draw-stimuli.ts';
import type { Engine } from '../../training/engines/index.ts';
import { classifySamples, findCandidates, GeneratorRenderer } from '../../training/generator/index.ts';
import { ClassifierPredictor } from '../../training/predictions/index.ts';

/** A generator, the reference classifier that judges its samples, and how these are searched. */
export type DrawSource = Pick<
  DrawsTask,
  'generator' | 'reference' | 'samples' | 'perClass' | 'searchSeed' | 'real' | 'rule'
>;

/** One draw, with its images in the size that networks take: uint8 [images, height, width]. */
export interface DrawnImages extends DrawnStimuli {
  pixels: Uint8Array;
}

export type StimulusDrawer = ReturnType<typeof stimulusDrawer>;

/**
 * Draws stimulus sets from a generator by a rule, as often as wanted. `draw(design, seed)` gives the same images at all
 * times: those of a study with that seed. Call `dispose` at the end.
 * @throws UserError unless both blobs are complete weights
 */
export function stimulusDrawer(engine: Engine, blobs: BlobStore, source: DrawSource) {
  const { rule, samples, perClass, real, searchSeed } = source;
  const renderer = new GeneratorRenderer(engine, blobs.get(source.generator), blobs.path(source.generator));
  const reference = new ClassifierPredictor(engine, blobs.get(source.reference), blobs.path(source.reference));
  let ownSearch: AnchorSearch | undefined;

  async function find(seed: number, pause: () => Promise<void>): Promise<AnchorSearch> {
    const { space } = renderer;
    const found = await classifySamples({ seed, samples }, { renderer, reference }, pause);
    if (rule === 'clear') {
      const clear = clearSamples(found.softmax, reference.meta.classes.length, found.asked);
      return { seed, space, classes: clear.map((list) => ({ candidates: [], clear: list })) };
    }
    const candidates = await findCandidates(found, { real, perClass, blobs }, pause);
    return {
      seed,
      space,
      classes: candidates.map((list) => ({ candidates: list.map(({ index }) => index), clear: null })),
    };
  }

  return {
    reference,

    /**
     * @param pause awaited about every 50 ms or more; throw from it to stop
     * @throws UserError `candidates.missing-class`, `stimuli.too-few-anchors`
     */
    async draw(design: StimulusDesign, seed: number, pause: () => Promise<void>): Promise<DrawnImages> {
      const isBest = rule === 'best';
      // The best of one search are the same each time, so each draw searches among other samples.
      const search = (isBest ? null : ownSearch) ?? (await find(isBest ? seed : searchSeed, pause));
      if (!isBest) ownSearch = search;
      const chosen: AnchorRule = isBest ? { kind: 'best' } : { kind: rule, seed };
      const drawn = drawStimuli(search, chosen, design);
      const original = await renderer.render(drawn.latents, pause);
      return { ...drawn, pixels: resizeImages(original, renderer.size, reference.meta.form) };
    },

    dispose(): void {
      renderer.dispose();
      reference.dispose();
    },
  };
}
