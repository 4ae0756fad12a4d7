import { messageOf } from '../../contract/errors.ts';
import { pairedRatio } from '../../analysis/paired-ratio.ts';
import type { Measured, MeasuredSeeds, PartState } from '../../contract/proof.ts';
import type { ArchitectureKind } from '../../contract/recipes.ts';
import { randomStream } from '../../domain/random.ts';
import { blockLength, interleave, type Samples } from '../../training/proof/interleave.ts';
import { peerProgram } from '../../training/proof/peer.ts';
import type { Measurable } from '../../training/proof/protocol.ts';
import { Side, SideHung } from '../../training/proof/side.ts';
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
  /** Names of sides that did not answer once: each further time would cost as long again. */
  hung: Set<string>;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/** What went wrong with one of the sides. */
class SideError extends Error {
  readonly side: string;

  constructor(side: string, error: unknown) {
    super(messageOf(error), { cause: error });
    this.side = side;
  }
}

/** The same side, whose errors say that they are its own. */
const named = (side: Measurable): Measurable => ({
  name: side.name,
  do: async (command) => {
    try {
      return await side.do(command);
    } catch (error) {
      throw new SideError(side.name, error);
    }
  },
});

/** Errors of PyTorch begin with its name already. */
const reason = (side: string, message: string): string =>
  message.startsWith(`${side}: `) ? message : `${side}: ${message}`;

/** Sides of the work with one network, the proven engine first, and why others are missing. */
interface Sides {
  measured: Measurable[];
  left: string[];
}

/** Steps and evaluation of one network on all sides. A side that fails is left out, and the message says why. */
export async function measureModel(measuring: Measuring, model: TimedModel): Promise<Measured[]> {
  const { plan, engines, peer, signal, hung } = measuring;
  const task = timedTask(model);
  const peers: Side[] = [];
  const sides: Sides = { measured: [], left: [] };
  const attempt = async (name: string, start: () => Promise<Measurable>): Promise<void> => {
    try {
      sides.measured.push(named(await start()));
    } catch (error) {
      signal.throwIfAborted();
      leaveOut(measuring, sides, new SideError(name, error));
    }
  };
  const isHung = (name: string): boolean => {
    if (hung.has(name)) sides.left.push(`${name}: left out, as it did not answer before`);
    return hung.has(name);
  };
  const prepared = async (engine: EngineProcess): Promise<Measurable> => {
    await engine.prepare(model, task);
    return engine.side(model);
  };
  try {
    for (const engine of engines) {
      if (engine !== engines[0] && isHung(engine.name)) continue;
      await attempt(engine.name, () => prepared(engine));
      // Without the engine itself there is nothing to compare.
      if (sides.measured.length === 0) break;
    }
    const [first] = sides.measured;
    for (const tuned of peer && first ? [false, ...(plan.tunedPeer ? [true] : [])] : []) {
      const program = peerProgram(peer!.python, task, { tuned, choose: true, device: peer!.device });
      if (isHung(program.name)) continue;
      await attempt(program.name, async () => {
        const side = await Side.start(program, { signal, patience: plan.peerPatience });
        peers.push(side);
        return side;
      });
    }
    const works = model === 'dcgan64' ? (['step'] as const) : (['step', 'evaluation'] as const);
    const measured: Measured[] = [];
    for (const work of works) {
      // The process of the engine may have ended, and with it what was prepared.
      if (measured.at(-1)?.state === 'failed' && first) {
        await engines[0]!.release(model);
        sides.measured.shift();
        const others = sides.measured.splice(0);
        await attempt(engines[0]!.name, () => prepared(engines[0]!));
        if (sides.measured.length > 0) sides.measured.push(...others);
      }
      measured.push(await measureWork(measuring, model, work, sides));
    }
    return measured;
  } finally {
    for (const engine of engines) await engine.release(model).catch(() => undefined);
    for (const side of peers) await side.close();
  }
}

function leaveOut({ hung }: Measuring, { measured, left }: Sides, { side, message, cause }: SideError): void {
  if (cause instanceof SideHung) hung.add(side);
  left.push(reason(side, message));
  const place = measured.findIndex(({ name }) => name === side);
  if (place >= 0) measured.splice(place, 1);
}

async function measureWork(
  measuring: Measuring,
  model: TimedModel,
  work: Measured['work'],
  sides: Sides,
): Promise<Measured> {
  const { signal, onLine } = measuring;
  const { measured, left } = sides;
  const done = (state: PartState, samples: readonly Samples[], message: string | null = null): Measured => ({
    state,
    model,
    work,
    sides: samples.map(({ side, wall }) => ({
      side,
      blocks: wall.map(rounded),
      slower: side === samples[0]?.side ? null : ratioOf(wall, samples[0]!.wall, model, work, side),
    })),
    message: [...left, ...(message === null ? [] : [message])].join('\n') || null,
  });
  const [first] = measured;
  if (!first) return done('failed', []);
  for (;;) {
    const names = measured.map(({ name }) => name).join(', ');
    onLine(`${model}: ${work === 'step' ? 'training steps' : 'evaluation'} on ${names}`);
    try {
      const { timed, slow } = await firstTimes(measured, work, measuring.plan);
      const message = slow.join('\n') || null;
      if (timed.length === 0) return done('left out', [], message);
      const samples = await (work === 'step' ? steps(measuring, timed) : evaluations(measuring, timed));
      return done('passed', samples, message);
    } catch (error) {
      signal.throwIfAborted();
      const isOther = error instanceof SideError && error.side !== first.name;
      if (!isOther) return done('failed', [], messageOf(error));
      leaveOut(measuring, sides, error);
      onLine(left.at(-1)!);
    }
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

/**
 * Networks of several seeds in one step, against as many steps of one network by itself, in turn in one process. Once a number
 * of seeds failed, larger ones are left out.
 */
export async function measureSeeds(
  { plan, engines, signal, onLine }: Measuring,
  model: ArchitectureKind,
  counts: readonly number[],
): Promise<MeasuredSeeds[]> {
  const engine = engines[0]!;
  const task = timedTask(model);
  const without = (state: PartState, seeds: number, message: string): MeasuredSeeds => ({
    state,
    model,
    seeds,
    alone: [],
    together: [],
    cost: null,
    message,
  });
  const measured: MeasuredSeeds[] = [];
  let one: number | null = null;
  for (const seeds of counts) {
    const before = measured.find(({ state }) => state === 'failed');
    if (before) {
      measured.push(without('left out', seeds, `${before.seeds} seeds failed`));
      continue;
    }
    try {
      if (one === null) {
        await engine.prepare('alone', task);
        await engine.perform('alone', oneStep);
        one = (await engine.perform('alone', oneStep)).wall;
      }
      onLine(`${model}: ${seeds} seeds in one step on ${engine.name}`);
      measured.push(
        seeds * one > plan.slowest
          ? without('left out', seeds, `${seeds} steps take ${((seeds * one) / 1000).toFixed(0)} s`)
          : await oneCount(plan, engine, model, seeds),
      );
    } catch (error) {
      signal.throwIfAborted();
      measured.push(without('failed', seeds, messageOf(error)));
    } finally {
      await engine.release('together').catch(() => undefined);
    }
  }
  await engine.release('alone').catch(() => undefined);
  return measured;
}

/** The outcome of all: failed where a network has no number of seeds that was measured, and one that failed. */
export function seedsPart(works: readonly MeasuredSeeds[]): { state: PartState; message: string | null } {
  const failed = works.filter(({ state }) => state === 'failed');
  const isMissing = failed.some(({ model }) => !works.some((of) => of.model === model && of.state === 'passed'));
  const left = works.filter(({ state, model }) => state === 'left out' && !failed.some((of) => of.model === model));
  const message = [
    ...failed.map(({ model, seeds, message }) => `${model}, ${seeds} seeds: FAILED: ${message}`),
    ...(left.length > 0 ? [`${left.length} of ${works.length} were left out, as they take too long.`] : []),
  ].join('\n');
  const isLeftOut = left.length > 0 && left.length === works.length;
  return { state: isMissing ? 'failed' : isLeftOut ? 'left out' : 'passed', message: message || null };
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
    state: 'passed',
    model,
    seeds,
    together: all!.wall.map(rounded),
    alone: one.map(rounded),
    cost: ratioOf(all!.wall, one, model, String(seeds)),
    message: null,
  };
}
