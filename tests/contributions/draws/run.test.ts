import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawsResultFiles, drawsSchema, type DrawsTask } from '../../../main/contributions/draws/contract/task.ts';
import type { WorkerEvent } from '../../../main/contract/runs/run.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { latentPoint } from '../../../main/domain/anchors/latents.ts';
import { stimulusDrawer } from '../../../main/contributions/draws/drawer.ts';
import runDraws from '../../../main/contributions/draws/run.ts';
import { runCandidates } from '../../../main/training/generator/candidates.ts';
import { candidatesSchema } from '../../../main/contract/runs/generator.ts';
import { ClassifierPredictor, toPredictions } from '../../../main/training/predictions/predictor.ts';
import { type Outcome, RunControl } from '../../../main/training/run-context.ts';
import { engine, latent, tinyNetworks } from '../../services/stimuli/tiny-networks.ts';
import { temporaryFolder } from '../../training/small-data.ts';
import { sharpNetwork } from './sharp-networks.ts';

const folder = temporaryFolder();
let networks: Awaited<ReturnType<typeof tinyNetworks>>;
let models: string[];
let task: DrawsTask;

beforeAll(async () => {
  networks = await tinyNetworks(folder);
  const { blobs, generator } = networks;
  models = [];
  for (const seed of [1, 2, 3]) models.push(await sharpNetwork(blobs, generator, seed));
  task = {
    kind: 'draws',
    generator,
    reference: at(models, 0),
    samples: 60,
    perClass: 4,
    searchSeed: 9,
    real: null,
    rule: 'clear',
    anchorDesign: { kind: 'fresh' },
    alphas: 3,
    interpolation: 'linear',
    seed: 70,
    draws: 12,
    pairs: [
      [0, 1],
      [0, 2],
      [1, 2],
    ],
    groups: [
      { target: 97.5, seeds: null, snapshots: models },
      { target: 98, seeds: null, snapshots: models.slice(1) },
      { target: 98.5, seeds: null, snapshots: models.slice(2) },
    ],
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Stops at the given call of `yield`. */
class StoppedAt extends RunControl {
  calls = 0;
  readonly #at: number;

  constructor(call: number) {
    super(() => undefined);
    this.#at = call;
  }

  override async yield(): Promise<void> {
    if (++this.calls === this.#at) this.stop();
  }
}

async function run(asked: DrawsTask, checkpoint: string | null = null, stopAt = 0) {
  const events: WorkerEvent[] = [];
  const control = new StoppedAt(stopAt);
  const report = (event: WorkerEvent): void => void events.push(event);
  const outcome = await runDraws(asked, { engine, blobs: networks.blobs, checkpoint, report, control });
  const last = events.flatMap((event) => (event.type === 'checkpoint' ? [event] : [])).at(-1);
  return { outcome, calls: control.calls, checkpoint: last ?? null };
}

function contents(outcome: Outcome) {
  if (!('result' in outcome)) throw new Error('not done');
  const { blobs } = networks;
  const files = drawsResultFiles.parse(outcome.result);
  const labels = new Uint16Array(Uint8Array.from(blobs.get(files.labels)).buffer);
  return { draws: drawsSchema.parse(JSON.parse(blobs.get(files.draws).toString())).draws, labels };
}

test('each draw has anchors of its own, and its measures are those of the labels that networks gave', async () => {
  const { draws, labels } = contents((await run(task)).outcome);
  expect(draws.map(({ seed }) => seed)).toEqual(Array.from({ length: 12 }, (_, d) => 70 + d));
  expect(new Set(draws.map(({ anchors }) => JSON.stringify(anchors))).size).toBeGreaterThan(8);
  expect(labels).toHaveLength(12 * 4 * 9);

  const drawer = stimulusDrawer(engine, networks.blobs, task);
  const design = { ...task, alphas: alphas(3) };
  const drawn = await drawer.draw(design, 74, async () => undefined);
  drawer.dispose();
  expect(drawn.anchors).toEqual(draws[4]?.anchors);
  expect([...drawn.latents.subarray(0, latent)]).toEqual([
    ...latentPoint(9, at(drawn.anchors, 0)[0] ?? -1, { z: latent, classes: 0 }),
  ]);
  const ofDraw = labels.subarray(4 * 36, 5 * 36);
  for (const [n, model] of [at(models, 0), ...models].entries()) {
    const predictor = new ClassifierPredictor(engine, networks.blobs.get(model), model);
    const { labels: own } = toPredictions(await predictor.logits(drawn.pixels, async () => undefined), 3);
    predictor.dispose();
    expect([...ofDraw.subarray(n * 9, (n + 1) * 9)]).toEqual([...own]);
  }
  const row = (n: number) => [...ofDraw.subarray(n * 9, (n + 1) * 9)];
  const differ = (a: number, b: number): number => row(a).filter((label, image) => label !== row(b)[image]).length;
  const any = row(1).filter((label, image) => label !== row(2)[image] || label !== row(3)[image]).length;
  expect(draws[4]?.groups[0]?.any_differ_pct).toBeCloseTo((100 * any) / 9, 10);
  expect(draws[4]?.groups[0]?.pairwise_disagreement_pct).toBeCloseTo(
    (100 * (differ(1, 2) + differ(1, 3) + differ(2, 3))) / 27,
    10,
  );
  expect(draws[4]?.groups[1]?.reference_differs_pct).toBeCloseTo((100 * (differ(0, 2) + differ(0, 3))) / 18, 10);
  expect(draws[4]?.groups[2]).toMatchObject({ pairwise_disagreement_pct: null, any_differ_pct: null });
});

describe('a run', () => {
  test.each(['best', 'clear', 'candidate'] as const)(
    'by the rule %s gives the same bytes again, and stopped and resumed',
    async (rule) => {
      const asked = { ...task, rule };
      const whole = await run(asked);
      expect((await run(asked)).outcome).toEqual(whole.outcome);
      const early = await run(asked, null, 1);
      expect(early).toMatchObject({ outcome: { stoppedAt: 0 }, checkpoint: null });
      const stopped = await run(asked, null, whole.calls - 2);
      expect(stopped.outcome).toEqual({ stoppedAt: 10 });
      expect(stopped.checkpoint?.step).toBe(10);
      const resumed = await run(asked, stopped.checkpoint?.hash ?? null);
      expect(resumed.outcome).toEqual(whole.outcome);
    },
  );

  test('draw 0 by the rule best, with the seed of a study’s search, has the anchors of that study', async () => {
    const { blobs, generator } = networks;
    const { draws } = contents((await run({ ...task, rule: 'best', seed: 9, draws: 1 })).outcome);
    const found = await runCandidates(
      {
        kind: 'candidates',
        generator,
        reference: task.reference,
        samples: 60,
        perClass: 4,
        seed: 9,
        real: null,
        clear: true,
      },
      { engine, blobs, checkpoint: null, report: () => undefined, control: new StoppedAt(0) },
    );
    if (!('result' in found) || found.result.kind !== 'candidates') throw new Error('no candidates');
    const { classes, clear } = candidatesSchema.parse(JSON.parse(blobs.get(found.result.candidates).toString()));
    expect(draws[0]?.anchors).toEqual(classes.map((list) => list.slice(0, 2).map(({ index }) => index)));
    // Every anchor that the rule `clear` drew is one of the clear samples.
    for (const { anchors } of contents((await run(task)).outcome).draws) {
      anchors.forEach((samples, k) => {
        for (const sample of samples) expect(clear?.[k]).toContain(sample);
      });
    }
  });

  test('is refused where a class has too few clear samples, naming it', async () => {
    const asked: DrawsTask = { ...task, samples: 4 };
    await expect(run(asked)).rejects.toMatchObject({ name: 'UserError', code: 'stimuli.too-few-anchors' });
  });
});
