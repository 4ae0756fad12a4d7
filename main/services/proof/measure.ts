import { messageOf } from '../../contract/errors.ts';
import { pairedRatio } from '../../analysis/paired-ratio.ts';
import type { Measured, MeasuredSeeds, PartState } from '../../contract/proof.ts';
import type { ArchitectureKind } from '../../contract/recipes.ts';
import { randomStream } from '../../domain/random.ts';
import { blockLength, interleave, type Samples } from '../../training/proof/interleave.ts';
import { peerProgram } from '../../training/proof/peer.ts';
import type { Measurable } from '../../training/proof/protocol.ts';
import { Side } from '../../training/proof/side.ts';
import type { EngineProcess } from './engine-process.ts';
import { type ProofPlan, type TimedModel, timedTask } from './plan.ts';

/** PyTorch, where it computes. */
export interface Peer {
  python: string;
  device: 'gpu' | 'cpu';
}

export interface Measuring {
  plan: ProofPlan;
  /** The proven engine first. */
  engines: readonly EngineProcess[];
  peer: Peer | null;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/** Steps and evaluation of one network on all sides. A side that fails is left out, and the message says why. */
export async function measureModel(measuring: Measuring, model: TimedModel): Promise<Measured[]> {
  const { plan, engines, peer, signal } = measuring;
  const task = timedTask(model);
  const sides: Measurable[] = [];
  const peers: Side[] = [];
  const left: string[] = [];
  const attempt = async (name: string, start: () => Promise<Measurable>): Promise<void> => {
    try {
      sides.push(await start());
    } catch (error) {
      signal.throwIfAborted();
      left.push(`${name}: ${messageOf(error)}`);
    }
  };
  try {
    for (const engine of engines) {
      await attempt(engine.name, async () => {
        await engine.prepare(model, task);
        return engine.side(model);
      });
      // Without the engine itself there is nothing to compare.
      if (sides.length === 0) break;
    }
    const first = sides[0];
    for (const tuned of peer && first ? [false, ...(plan.tunedPeer ? [true] : [])] : []) {
      const program = peerProgram(peer!.python, task, { tuned, choose: true, device: peer!.device });
      await attempt(program.name, async () => {
        const side = await Side.start(program, signal);
        peers.push(side);
        return side;
      });
    }
    const works = model === 'dcgan64' ? (['step'] as const) : (['step', 'evaluation'] as const);
    const measured: Measured[] = [];
    for (const work of works) {
      measured.push(await measureWork(measuring, { model, work, sides, left }));
    }
    return measured;
  } finally {
    for (const engine of engines) await engine.release(model).catch(() => undefined);
    for (const side of peers) await side.close();
  }
}

interface Work {
  model: string;
  work: Measured['work'];
  sides: readonly Measurable[];
  left: readonly string[];
}

async function measureWork(measuring: Measuring, { model, work, sides, left }: Work): Promise<Measured> {
  const { signal, onLine } = measuring;
  const done = (state: PartState, samples: readonly Samples[], message: string | null = null): Measured => ({
    ...{ state, model, work },
    sides: samples.map(({ side, wall }) => ({
      side,
      blocks: wall.map(rounded),
      slower: side === samples[0]?.side ? null : ratioOf(wall, samples[0]!.wall, model, work, side),
    })),
    message: [...left, ...(message === null ? [] : [message])].join('\n') || null,
  });
  if (sides.length === 0) return done('failed', []);
  onLine(
    `${model}: ${work === 'step' ? 'training steps' : 'evaluation'} on ${sides.map(({ name }) => name).join(', ')}`,
  );
  try {
    const { timed, slow } = await firstTimes(sides, work, measuring.plan);
    const message = slow.join('\n') || null;
    if (timed.length === 0) return done('left out', [], message);
    const samples = await (work === 'step' ? steps(measuring, timed) : evaluations(measuring, timed));
    return done('passed', samples, message);
  } catch (error) {
    signal.throwIfAborted();
    return done('failed', [], messageOf(error));
  }
}

const rounded = (ms: number): number => Number(ms.toPrecision(5));

const ratioOf = (slow: readonly number[], fast: readonly number[], ...names: string[]) => {
  const { ratio, low, high } = pairedRatio(slow, fast, randomStream(1, 'bootstrap', ...names));
  return { ratio: rounded(ratio), low: rounded(low), high: rounded(high) };
};

const oneStep = { do: 'train', count: 1 } as const;

/** Lets each side compile its work. Those that take too long are left out, and `slow` says so of each. */
async function firstTimes(
  sides: readonly Measurable[],
  work: Measured['work'],
  { images, slowest }: ProofPlan,
): Promise<{ timed: Measurable[]; slow: string[] }> {
  const timed: Measurable[] = [];
  const slow: string[] = [];
  for (const side of sides) {
    await side.do(work === 'step' ? oneStep : { do: 'evaluate', from: 0, count: 100 });
    const { wall } = await side.do(work === 'step' ? oneStep : { do: 'evaluate', from: 0, count: images });
    if (wall <= slowest) timed.push(side);
    else {
      const what = work === 'step' ? 'a step takes' : `${images} images take`;
      slow.push(`${what} ${(wall / 1000).toFixed(1)} s on ${side.name}`);
      // Without the engine itself there is nothing to compare.
      if (side === sides[0]) break;
    }
  }
  return { timed, slow };
}

async function steps({ plan }: Measuring, sides: readonly Measurable[]): Promise<Samples[]> {
  const count = await blockLength(sides, { command: oneStep, units: 1 }, plan.seconds, 400, 'wall');
  const command = { do: 'train', count } as const;
  return interleave(sides, { warmUp: [command], round: () => ({ command, units: count }), rounds: plan.rounds });
}

const testCount = 10_000;

/** Blocks of some images, scaled to all 10,000; each continues where the previous one ended. */
function evaluations({ plan: { images, rounds } }: Measuring, sides: readonly Measurable[]): Promise<Samples[]> {
  const round = (index: number) => ({
    command: { do: 'evaluate', from: (index * images) % testCount, count: images } as const,
    units: images / testCount,
  });
  // Later chunks of an evaluation have another length, which is compiled separately.
  const warmUp = [{ do: 'evaluate', from: testCount / 2, count: images }] as const;
  return interleave(sides, { warmUp, round, rounds });
}

/** Networks of several seeds in one step, against as many steps of one network by itself, in turn in one process. */
export async function measureSeeds(
  { plan, engines, signal, onLine }: Measuring,
  model: ArchitectureKind,
  counts: readonly number[],
): Promise<MeasuredSeeds[]> {
  const engine = engines[0]!;
  const task = timedTask(model);
  const without = (state: PartState, seeds: number, message: string): MeasuredSeeds => ({
    ...{ state, model, seeds, alone: [], together: [], cost: null, message },
  });
  const measured: MeasuredSeeds[] = [];
  try {
    await engine.prepare('alone', task);
    const alone = engine.side('alone');
    await alone.do(oneStep);
    const { wall: one } = await alone.do(oneStep);
    for (const seeds of counts) {
      onLine(`${model}: ${seeds} seeds in one step on ${engine.name}`);
      if (seeds * one > plan.slowest) {
        measured.push(without('left out', seeds, `${seeds} steps take ${((seeds * one) / 1000).toFixed(0)} s`));
        continue;
      }
      try {
        measured.push(await oneCount(plan, engine, model, seeds));
      } catch (error) {
        signal.throwIfAborted();
        measured.push(without('failed', seeds, messageOf(error)));
        // Its process may have ended, and with it what was prepared.
        await engine.release('alone');
        await engine.prepare('alone', task);
      } finally {
        await engine.release('together').catch(() => undefined);
      }
    }
    return measured;
  } catch (error) {
    signal.throwIfAborted();
    return [...measured, without('failed', counts[measured.length] ?? 1, messageOf(error))];
  } finally {
    await engine.release('alone').catch(() => undefined);
  }
}

async function oneCount(
  { rounds, seconds }: ProofPlan,
  engine: EngineProcess,
  model: ArchitectureKind,
  seeds: number,
): Promise<MeasuredSeeds> {
  const task = timedTask(model);
  if (task.task === 'classifier') await engine.prepare('together', { ...task, seeds });
  const together = engine.side('together');
  const alone: Measurable = {
    name: 'alone',
    do: (command) =>
      engine.perform('alone', command.do === 'train' ? { ...command, count: command.count * seeds } : command),
  };
  await together.do(oneStep);
  const count = await blockLength([together], { command: oneStep, units: 1 }, seconds, 400, 'wall');
  const command = { do: 'train', count } as const;
  const measurement = { warmUp: [command], round: () => ({ command, units: count }), rounds };
  const [all, each] = await interleave([together, alone], measurement);
  const one = each!.wall.map((ms) => ms / seeds);
  return {
    ...{ state: 'passed', model, seeds, together: all!.wall.map(rounded), alone: one.map(rounded) },
    cost: ratioOf(all!.wall, one, model, String(seeds)),
    message: null,
  };
}
