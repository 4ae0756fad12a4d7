import { UserError } from '../../contract/errors.ts';
import type { Task } from '../../contract/run.ts';
import { ClassifierPredictor, predictionsOf } from './predictor.ts';
import type { Outcome, RunContext } from '../run-context.ts';

/**
 * What one snapshot says about one set of stimuli (a blob of uint8 pixels in the data set's size).
 * @throws UserError `predictions.pixels-do-not-fit`, and those of reading the snapshot
 */
export async function runPredictions(
  task: Extract<Task, { kind: 'predictions' }>,
  { engine, blobs, pulse }: RunContext,
): Promise<Outcome> {
  const pixels = blobs.get(task.stimuli);
  const predictor = new ClassifierPredictor(engine, blobs.get(task.snapshot), blobs.path(task.snapshot));
  try {
    const { form, classes } = predictor.meta;
    const count = pixels.length / (form.height * form.width);
    if (count === 0 || !Number.isInteger(count)) throw doesNotFit(pixels.length, form, blobs.path(task.stimuli));
    const logits = await predictor.logits(pixels, () => pulse.beat());
    const { softmax, labels } = predictionsOf(logits, classes.length);
    const result = {
      kind: 'predictions' as const,
      softmax: blobs.put(bytesOf(softmax)),
      labels: blobs.put(bytesOf(labels)),
      count,
      classes: classes.length,
    };
    return { result };
  } finally {
    predictor.dispose();
  }
}

const bytesOf = (array: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function doesNotFit(bytes: number, form: { width: number; height: number }, where: string): UserError {
  return new UserError({
    code: 'predictions.pixels-do-not-fit',
    what: `The stimuli have ${bytes} bytes, which is no whole number of ${form.width} x ${form.height} images`,
    where,
    remedy: "Render or import the stimuli in the size of the models' data set.",
  });
}
