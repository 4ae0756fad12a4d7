import { z } from 'zod';
import { UserError } from '../../contract/wire/errors.ts';
import type { Task } from '../../contract/runs/run.ts';
import { loadTaskDataSet } from '../data/load/task-data.ts';
import { encodePng } from '../../files/png.ts';
import { CheckpointTimer, type Outcome, Reporter, type RunContext } from '../run-context.ts';
import { decodeTensorFile, encodeTensorFile } from '../weights/tensor-file.ts';
import { checkedMeta, parameterArrays, readParameters, readSlots, slotArrays } from '../weights/weights.ts';
import { imageGrid, variety } from './images.ts';
import { ganSeries, type GanState, GanTrainer } from './trainer.ts';

export type GeneratorTask = Extract<Task, { kind: 'generator' }>;

/** Milliseconds, the most that a killed run loses. A checkpoint of `dcgan64` is 76 MB and takes up to a second. */
const checkpointInterval = 60_000;
/** Steps between two reports of the losses. */
const metricsInterval = 10;
const gridSide = 10;
/** A generator has collapsed if the variety of its images is a smaller share than this of that of real images. */
const minVariety = 0.05;

/**
 * Trains a DCGAN for a fixed number of steps. Every `sampleEvery` steps, and at the end, it reports a grid of samples
 * from a fixed z with the weights that made it, and writes a checkpoint. The result is the final weights; a run resumed
 * from any checkpoint gives the same ones, byte for byte.
 * @throws UserError `training.diverged`, `training.collapsed`, or if the recipe or the data set is unsuitable
 */
export async function runGenerator(task: GeneratorTask, context: RunContext): Promise<Outcome> {
  const trainer = new GanTrainer(context.engine, task.recipe, task.seed, loadTaskDataSet(task, context.blobs));
  try {
    return await new GeneratorRun(task, context, trainer).run();
  } finally {
    trainer.dispose();
  }
}

class GeneratorRun {
  readonly #task: GeneratorTask;
  readonly #context: RunContext;
  readonly #trainer: GanTrainer;
  readonly #reporter: Reporter;
  readonly #timer = new CheckpointTimer(checkpointInterval);
  #step = 0;
  #storedStep = 0;
  #weights = '';

  constructor(task: GeneratorTask, context: RunContext, trainer: GanTrainer) {
    this.#task = task;
    this.#context = context;
    this.#trainer = trainer;
    this.#reporter = new Reporter(context.report);
  }

  async run(): Promise<Outcome> {
    const { steps } = this.#task.recipe;
    const { control } = this.#context;
    await this.#resume();
    while (this.#step < steps) {
      await this.#train();
      await control.yield();
      // A step may take seconds, but a stop must take effect within five: samples wait until the run resumes.
      if (this.#samplesAreDue && !control.stopping) await this.#sample();
      if (this.#samplesAreDue || this.#timer.isDue() || control.stopping) await this.#storeCheckpoint();
      if (control.stopping) return { stoppedAt: this.#storedStep };
    }
    return { result: { kind: 'generator', weights: this.#weights, steps } };
  }

  get #samplesAreDue(): boolean {
    const { steps, sampleEvery } = this.#task.recipe;
    return this.#step % sampleEvery === 0 || this.#step === steps;
  }

  async #resume(): Promise<void> {
    const { checkpoint, blobs } = this.#context;
    if (checkpoint === null) return;
    const { step, state } = decodeGeneratorCheckpoint(blobs.get(checkpoint), blobs.path(checkpoint));
    this.#trainer.restore(state);
    this.#step = step;
    this.#storedStep = step;
    // If these samples exist already, the new ones are identical.
    if (this.#samplesAreDue) await this.#sample();
  }

  async #train(): Promise<void> {
    this.#step++;
    const losses = await this.#trainer.train(this.#step);
    if (this.#step % metricsInterval === 0) {
      for (const series of ganSeries) this.#reporter.metric(series, this.#step, losses[series]);
    }
    this.#reporter.progress(this.#step, this.#task.recipe.steps, 'training the generator');
  }

  async #sample(): Promise<void> {
    const { blobs, control, report } = this.#context;
    const { size } = this.#trainer;
    const points = this.#trainer.fixedLatents(gridSide * gridSide);
    const pixels = await this.#trainer.render(points, () => control.yield());
    const grid = blobs.put(encodePng(imageGrid(pixels, size, gridSide)));
    this.#weights = blobs.put(await this.#trainer.encodeWeights());
    this.#checkVariety(pixels);
    this.#reporter.flush();
    report({ type: 'samples', step: this.#step, grid, weights: this.#weights });
  }

  /** Generators make nearly identical images early in training, so only the end counts; before, this is a metric. */
  #checkVariety(pixels: Uint8Array): void {
    const { size } = this.#trainer;
    const real = this.#trainer.realImages(this.#step).map((value) => (value + 1) * 127.5);
    const share = variety(pixels, size) / variety(real, size);
    this.#reporter.metric('variety', this.#step, share);
    if (this.#step < this.#task.recipe.steps || share >= minVariety) return;
    throw new UserError(
      'training.collapsed',
      `The generator makes nearly identical images: their variety is ${Math.round(100 * share)} % of that of real images`,
      'generator',
      'Train it with another seed, or for a different number of steps.',
    );
  }

  async #storeCheckpoint(): Promise<void> {
    const state = await this.#trainer.readState();
    const hash = this.#context.blobs.put(encodeGeneratorCheckpoint({ step: this.#step, state }));
    this.#reporter.flush();
    this.#context.report({ type: 'checkpoint', step: this.#step, hash });
    this.#storedStep = this.#step;
    this.#timer.restart();
  }
}

const kind = 'generator-checkpoint/1';
const prefixes = {
  generator: 'generator/',
  discriminator: 'discriminator/',
  average: 'average/',
  optimisers: 'optimisers/',
};
const metaSchema = z.strictObject({ step: z.int().min(1) });

/** State of adversarial training after a step. */
interface GeneratorCheckpoint {
  step: number;
  state: GanState;
}

function encodeGeneratorCheckpoint({ step, state }: GeneratorCheckpoint): Buffer {
  const arrays = [
    ...parameterArrays(state.generator, prefixes.generator),
    ...parameterArrays(state.discriminator, prefixes.discriminator),
    ...parameterArrays(state.average ?? {}, prefixes.average),
    ...slotArrays(state.optimisers, prefixes.optimisers),
  ];
  return encodeTensorFile({ kind, meta: { step }, arrays });
}

/** @throws UserError `tensor-file.*`, `weights.damaged` */
function decodeGeneratorCheckpoint(bytes: Uint8Array, where: string): GeneratorCheckpoint {
  const { meta, arrays } = decodeTensorFile(bytes, kind, where);
  const average = readParameters(arrays, prefixes.average);
  const state = {
    generator: readParameters(arrays, prefixes.generator),
    discriminator: readParameters(arrays, prefixes.discriminator),
    average: Object.keys(average).length > 0 ? average : null,
    optimisers: readSlots(arrays, prefixes.optimisers),
  };
  return { step: checkedMeta(metaSchema, meta, where).step, state };
}
