import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import type { Task } from '../../contract/run.ts';
import { encodeGrayPng } from '../../files/png.ts';
import { loadTaskDataSet } from '../data/data-set.ts';
import { CheckpointClock, type Outcome, Reporter, type RunContext } from '../run-context.ts';
import { decodeTensorFile, encodeTensorFile, type NamedArray } from '../weights/tensor-file.ts';
import { checkedMeta, parameterArrays, parametersOf } from '../weights/weights.ts';
import { imageGrid, variety } from './images.ts';
import { ganSeries, type GanState, GanTrainer } from './trainer.ts';

export type GeneratorTask = Extract<Task, { kind: 'generator' }>;

/** What a kill costs at most, in milliseconds. A checkpoint of `dcgan64` is 76 MB and takes up to a second. */
const checkpointInterval = 60_000;
/** Losses are reported every so many steps. */
const metricsEvery = 10;
const gridSide = 10;
/** A generator whose images differ from one another by less than this share of what real images do has collapsed. */
const leastVariety = 0.05;

/**
 * Trains a DCGAN for a fixed number of steps. Each `sampleEvery` steps, and at the end, it reports a grid of samples
 * from a fixed z with the weights that made it, and takes a checkpoint. The result is the last weights. Resumed from any
 * checkpoint, it gives the same ones, byte for byte.
 * @throws UserError `training.diverged`, `training.collapsed`, and for what the recipe or the data set got wrong
 */
export async function runGenerator(task: GeneratorTask, context: RunContext): Promise<Outcome> {
  const trainer = new GanTrainer(context.engine, task.recipe, task.seed, loadTaskDataSet(task));
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
  readonly #clock = new CheckpointClock(checkpointInterval);
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
    const { pulse } = this.#context;
    await this.#resume();
    while (this.#step < steps) {
      await this.#train();
      await pulse.beat();
      // A step may take seconds, and a stop has to be answered within five: samples come when the run goes on.
      if (this.#atSamples && !pulse.stopping) await this.#sample();
      if (this.#atSamples || this.#clock.due() || pulse.stopping) await this.#store();
      if (pulse.stopping) return { stoppedAt: this.#storedStep };
    }
    return { result: { kind: 'generator', weights: this.#weights, steps } };
  }

  get #atSamples(): boolean {
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
    // They may have been made before; then these are the same ones.
    if (this.#atSamples) await this.#sample();
  }

  async #train(): Promise<void> {
    this.#step++;
    const losses = await this.#trainer.train(this.#step);
    if (this.#step % metricsEvery === 0) {
      for (const series of ganSeries) this.#reporter.metric(series, this.#step, losses[series]);
    }
    this.#reporter.progress(this.#step, this.#task.recipe.steps, 'training the generator');
  }

  async #sample(): Promise<void> {
    const { blobs, pulse, report } = this.#context;
    const { size } = this.#trainer;
    const points = this.#trainer.fixedLatents(gridSide * gridSide);
    const pixels = await this.#trainer.renderer.render(points, () => pulse.beat());
    const grid = blobs.put(encodeGrayPng(imageGrid(pixels, size, gridSide)));
    this.#weights = blobs.put(await this.#trainer.encodeWeights());
    this.#checkVariety(pixels);
    this.#reporter.flush();
    report({ type: 'samples', step: this.#step, grid, weights: this.#weights });
  }

  /** Young generators make one image only, so it counts at the end; before, it shows as a metric. */
  #checkVariety(pixels: Uint8Array): void {
    const { size } = this.#trainer;
    const real = this.#trainer.realImages(this.#step).map((value) => (value + 1) * 127.5);
    const share = variety(pixels, size) / variety(real, size);
    this.#reporter.metric('variety', this.#step, share);
    if (this.#step < this.#task.recipe.steps || share >= leastVariety) return;
    throw new UserError({
      code: 'training.collapsed',
      what: `The generator makes one and the same image: they differ by ${Math.round(100 * share)} % of what real ones do`,
      where: 'generator',
      remedy: 'Train it with another seed, or for another number of steps.',
    });
  }

  async #store(): Promise<void> {
    const state = await this.#trainer.state();
    const hash = this.#context.blobs.put(encodeGeneratorCheckpoint({ step: this.#step, state }));
    this.#reporter.flush();
    this.#context.report({ type: 'checkpoint', step: this.#step, hash });
    this.#storedStep = this.#step;
    this.#clock.done();
  }
}

const kind = 'generator-checkpoint/1';
const prefixes = { generator: 'generator/', discriminator: 'discriminator/', optimisers: 'optimisers/' };
const metaSchema = z.strictObject({ step: z.int().min(1) });

/** Adversarial training as it was after a step. */
export interface GeneratorCheckpoint {
  step: number;
  state: GanState;
}

export function encodeGeneratorCheckpoint({ step, state }: GeneratorCheckpoint): Buffer {
  const slots = Object.entries(state.optimisers).map(
    ([name, data]): NamedArray => ({ name: prefixes.optimisers + name, shape: [data.length], data }),
  );
  const arrays = [
    ...parameterArrays(state.generator, prefixes.generator),
    ...parameterArrays(state.discriminator, prefixes.discriminator),
    ...slots,
  ];
  return encodeTensorFile({ kind, meta: { step }, arrays });
}

/** @throws UserError `tensor-file.*`, `weights.damaged` */
export function decodeGeneratorCheckpoint(bytes: Uint8Array, where: string): GeneratorCheckpoint {
  const { meta, arrays } = decodeTensorFile(bytes, kind, where);
  const slots = Object.entries(parametersOf(arrays, prefixes.optimisers)).map(([name, { values }]) => [name, values]);
  const state = {
    generator: parametersOf(arrays, prefixes.generator),
    discriminator: parametersOf(arrays, prefixes.discriminator),
    optimisers: Object.fromEntries(slots),
  };
  return { step: checkedMeta(metaSchema, meta, where).step, state };
}
