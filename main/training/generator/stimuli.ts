import { UserError } from '../../contract/wire/errors.ts';
import type { RenderTask } from '../../contract/runs/run.ts';
import { resizeImages, storedSize } from '../../domain/data/images.ts';
import { GeneratorRenderer } from './renderer.ts';
import type { Outcome, RunContext } from '../run-context.ts';

/**
 * Renders latent points in the generator's own size, for people, and resizes them to the models' size by antialiased
 * resampling. Both are quantized to 8 bits, so that exported and displayed images are exactly those that models see.
 * @throws UserError `stimuli.latents-do-not-fit`, and those of reading the generator
 */
export async function runStimuli(task: RenderTask, { engine, blobs, control }: RunContext): Promise<Outcome> {
  const renderer = new GeneratorRenderer(engine, blobs.get(task.generator), blobs.path(task.generator));
  try {
    const bytes = blobs.get(task.latents);
    if (bytes.length !== task.count * renderer.latent * 4) {
      throw new UserError(
        'stimuli.latents-do-not-fit',
        `${bytes.length} bytes are not ${task.count} points of ${renderer.latent} numbers`,
        blobs.path(task.latents),
        'Choose the anchors again from the candidates of this generator.',
      );
    }
    const points = new Float32Array(new Uint8Array(bytes).buffer);
    const { size } = renderer;
    const original = await renderer.render(points, () => control.yield());
    const model = { width: task.modelWidth, height: task.modelHeight, channels: size.channels };
    const resized = resizeImages(original, size, model);
    const result = {
      kind: 'stimuli' as const,
      original: { ...storedSize(size), pixels: blobs.put(original) },
      model: { ...storedSize(model), pixels: blobs.put(resized) },
    };
    return { result };
  } finally {
    renderer.dispose();
  }
}
