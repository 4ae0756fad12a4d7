import { z } from 'zod';
import { drawMeasures } from './analysis/draws.ts';
import { type DrawRecord, drawRecordSchema, type Draws, type DrawsTask, drawsTaskSchema } from './contract/task.ts';
import type { StimulusDesign } from './draw-stimuli.ts';
import { at, bytesOf } from '../../domain/numbers/index.ts';
import { canonicalJson } from '../../domain/plans/index.ts';
import { alphas } from '../../domain/stimuli/index.ts';
import { ClassifierPredictor, toPredictions } from '../../training/predictions/index.ts';
import { CheckpointTimer, type Outcome, Reporter, type RunContext, type RunContributed } from '../../training/index.ts';
import { checkedMeta, decodeTensorFile, encodeTensorFile } from '../../training/weights/index.ts';
import { type DrawnImages, type StimulusDrawer, stimulusDrawer } from './drawer.ts';

/** Draws that are rendered, and then labeled by one network after another. */
const drawsAtOnce = 5;
/** Networks that stay loaded; of more, each is loaded again for the next draws. */
const maxLoaded = 64;
/** Milliseconds. */
const checkpointInterval = 10_000;

/** Thrown when a stop was asked for: the draws of the moment are drawn again after the run resumes. */
class Stopped extends Error {}

/** Draws anchors again and again, and has networks label the images of each draw. @throws ZodError, UserError `stimuli.*` */
const runDraws: RunContributed = async (task, context) => {
  const run = new DrawsRun(drawsTaskSchema.parse(task), context);
  try {
    return await run.complete();
  } finally {
    run.dispose();
  }
};
export default runDraws;

class DrawsRun {
  readonly #task: DrawsTask;
  readonly #context: RunContext;
  readonly #reporter: Reporter;
  readonly #timer = new CheckpointTimer(checkpointInterval);
  readonly #drawer: StimulusDrawer;
  readonly #design: StimulusDesign;
  readonly #snapshots: string[];
  readonly #loaded = new Map<string, ClassifierPredictor>();
  readonly #records: DrawRecord[] = [];
  /** Labels of each draw: uint16 [1 + snapshots, images], the reference first. */
  readonly #labels: Uint16Array[] = [];

  constructor(task: DrawsTask, context: RunContext) {
    this.#task = task;
    this.#context = context;
    this.#reporter = new Reporter(context.report);
    this.#drawer = stimulusDrawer(context.engine, context.blobs, task);
    const { pairs, anchorDesign, interpolation } = task;
    this.#design = { pairs, anchorDesign, interpolation, alphas: alphas(task.alphas) };
    this.#snapshots = [...new Set(task.groups.flatMap(({ snapshots }) => snapshots))];
  }

  async complete(): Promise<Outcome> {
    const { draws } = this.#task;
    this.#resume();
    try {
      while (this.#records.length < draws) {
        await this.#drawSome(Math.min(drawsAtOnce, draws - this.#records.length));
        if (this.#timer.isDue()) this.#storeCheckpoint();
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      if (this.#records.length > 0) this.#storeCheckpoint();
      return { stoppedAt: this.#records.length };
    }
    this.#reporter.flush();
    const { blobs } = this.#context;
    const content: Draws = { schema: 'boundary-workbench/draws/1', draws: this.#records };
    return {
      result: {
        kind: 'draws',
        draws: blobs.put(Buffer.from(canonicalJson(content), 'utf8')),
        labels: blobs.put(Buffer.concat(this.#labels.map(bytesOf))),
      },
    };
  }

  dispose(): void {
    this.#drawer.dispose();
    for (const predictor of this.#loaded.values()) predictor.dispose();
  }

  async #drawSome(count: number): Promise<void> {
    const pause = (): Promise<void> => this.#pause();
    const first = this.#records.length;
    const seeds = Array.from({ length: count }, (_, k) => (this.#task.seed + first + k) % 2 ** 32);
    const drawn: DrawnImages[] = [];
    for (const seed of seeds) {
      drawn.push(await this.#drawer.draw(this.#design, seed, pause));
      this.#progress(first + drawn.length / 2);
    }
    const pixels = Buffer.concat(drawn.map((each) => each.pixels));
    const rows = [await labelsOf(this.#drawer.reference, pixels, pause)];
    for (const [n, snapshot] of this.#snapshots.entries()) {
      rows.push(await this.#ask(snapshot, pixels));
      this.#progress(first + count * (0.5 + (n + 1) / (2 * this.#snapshots.length)));
    }
    drawn.forEach(({ images, anchors }, k) => {
      const ofDraw = rows.map((row) => row.subarray(k * images.length, (k + 1) * images.length));
      this.#records.push({ seed: at(seeds, k), anchors, groups: this.#measures(ofDraw) });
      this.#labels.push(concatenated(ofDraw));
    });
  }

  /** @param rows labels of the reference and of each snapshot */
  #measures(rows: readonly Uint16Array[]): DrawRecord['groups'] {
    const classes = this.#drawer.reference.meta.classes.length;
    return this.#task.groups.map(({ snapshots }) => {
      const own = snapshots.map((snapshot) => at(rows, 1 + this.#snapshots.indexOf(snapshot)));
      return drawMeasures(concatenated(own), at(rows, 0), own.length, classes);
    });
  }

  async #ask(snapshot: string, pixels: Uint8Array): Promise<Uint16Array> {
    const { engine, blobs } = this.#context;
    const known = this.#loaded.get(snapshot);
    const predictor = known ?? new ClassifierPredictor(engine, blobs.get(snapshot), blobs.path(snapshot));
    const kept = known !== undefined || this.#loaded.size < maxLoaded;
    if (kept) this.#loaded.set(snapshot, predictor);
    try {
      return await labelsOf(predictor, pixels, () => this.#pause());
    } finally {
      if (!kept) predictor.dispose();
    }
  }

  async #pause(): Promise<void> {
    await this.#context.control.yield();
    if (this.#context.control.stopping) throw new Stopped();
  }

  #progress(done: number): void {
    this.#reporter.progress(Math.floor(done), this.#task.draws, 'drawing anchors and labeling the images');
  }

  #storeCheckpoint(): void {
    const step = this.#records.length;
    const labels = Buffer.concat(this.#labels.map(bytesOf));
    const bytes = encodeTensorFile({
      kind: checkpointKind,
      meta: { step, draws: this.#records },
      arrays: [{ name: 'labels', shape: [labels.length], data: new Uint8Array(labels) }],
    });
    this.#reporter.flush();
    this.#context.report({ type: 'checkpoint', step, hash: this.#context.blobs.put(bytes) });
    this.#timer.restart();
  }

  #resume(): void {
    const { checkpoint, blobs } = this.#context;
    if (checkpoint === null) return;
    const where = blobs.path(checkpoint);
    const { meta, arrays } = decodeTensorFile(blobs.get(checkpoint), checkpointKind, where);
    const { step, draws } = checkedMeta(checkpointSchema, meta, where);
    const bytes = Uint8Array.from(arrays[0]?.data ?? []);
    const size = bytes.length / step;
    this.#records.push(...draws);
    for (let draw = 0; draw < step; draw++) {
      this.#labels.push(new Uint16Array(bytes.slice(draw * size, (draw + 1) * size).buffer));
    }
  }
}

const checkpointKind = 'draws-checkpoint/1';
const checkpointSchema = z.strictObject({ step: z.int().min(1), draws: z.array(drawRecordSchema) });

async function labelsOf(
  predictor: ClassifierPredictor,
  pixels: Uint8Array,
  pause: () => Promise<void>,
): Promise<Uint16Array> {
  const logits = await predictor.logits(pixels, pause);
  return toPredictions(logits, predictor.meta.classes.length).labels;
}

function concatenated(rows: readonly Uint16Array[]): Uint16Array {
  const all = new Uint16Array(rows.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const row of rows) {
    all.set(row, place);
    place += row.length;
  }
  return all;
}
