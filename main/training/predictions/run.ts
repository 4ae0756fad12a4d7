import { UserError } from '../../contract/wire/errors.ts';
import type { Task } from '../../contract/runs/run.ts';
import { bytesOf } from '../../domain/numbers/arrays.ts';
import { imageLength, type ImageSize } from '../../domain/data/images.ts';
import { ClassifierPredictor, toPredictions } from './predictor.ts';
import type { Outcome, RunContext } from '../run-context.ts';

/**
 * Predictions of a snapshot for stimuli (a blob of uint8 pixels).
 * @throws UserError `predictions.other-channels`, `predictions.pixels-do-not-fit`
 */
export async function runPredictions(
  task: Extract<Task, { kind: 'predictions' }>,
  { engine, blobs, control }: RunContext,
): Promise<Outcome> {
  const pixels = blobs.get(task.stimuli);
  const predictor = new ClassifierPredictor(engine, blobs.get(task.snapshot), blobs.path(task.snapshot));
  try {
    const { form, classes } = predictor.meta;
    predictor.checkChannels(task.channels ?? 1, blobs.path(task.stimuli));
    const count = pixels.length / imageLength(form);
    if (count === 0 || !Number.isInteger(count)) throw sizeMismatch(pixels.length, form, blobs.path(task.stimuli));
    const logits = await predictor.logits(pixels, () => control.yield());
    const { softmax, labels } = toPredictions(logits, classes.length);
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

function sizeMismatch(bytes: number, form: ImageSize, where: string): UserError {
  return new UserError(
    'predictions.pixels-do-not-fit',
    `The stimuli have ${bytes} bytes, which is not a multiple of ${form.width} x ${form.height} pixels${form.channels === 3 ? ' in color' : ''}`,
    where,
    "Render or import the stimuli in the size of the models' data set.",
  );
}
