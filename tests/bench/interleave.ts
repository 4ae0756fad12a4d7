import type { Command, Done } from './sides/protocol.ts';
import type { Side } from './sides/side.ts';

/** Blocks of one side, in order; the k-th blocks of all sides were measured one right after another. */
export interface Samples {
  side: string;
  /** Milliseconds a unit of work (a step; all test images), by the clock and of processor time. */
  wall: number[];
  cpu: number[];
  /** Loss or errors after each block. */
  values: number[];
  /** The most memory that the process has held, in bytes. */
  memory: number;
}

/** Work measured in blocks. */
export interface Measurement {
  /** Before anything is measured: records steps, warms caches and compilers up. */
  warmUp: readonly Command[];
  /** The command of a round, and how many units of work it is. */
  round: (round: number) => { command: Command; units: number };
  rounds: number;
}

/**
 * Measures all sides in short blocks by turns, so that whatever else happens on the machine hits all of them alike. Only
 * one side is at work at a time, and who begins changes from round to round.
 */
export async function interleave(sides: readonly Side[], measurement: Measurement): Promise<Samples[]> {
  for (const side of sides) for (const command of measurement.warmUp) await side.do(command);
  const samples = sides.map(({ name }): Samples => ({ side: name, wall: [], cpu: [], values: [], memory: 0 }));
  for (let round = 0; round < measurement.rounds; round++) {
    const { command, units } = measurement.round(round);
    for (let turn = 0; turn < sides.length; turn++) {
      const index = (round + turn) % sides.length;
      add(samples[index]!, await sides[index]!.do(command), units);
    }
  }
  return samples;
}

function add(samples: Samples, { wall, cpu, value, memory }: Done, units: number): void {
  samples.wall.push(wall / units);
  samples.cpu.push(cpu / units);
  samples.values.push(value);
  samples.memory = memory;
}

/**
 * How many units of work make a block of about `seconds` on the slowest side, as measured in one unit of each.
 * @param most no more than so many
 */
export async function blockLength(
  sides: readonly Side[],
  probe: { command: Command; units: number },
  seconds: number,
  most: number,
): Promise<number> {
  let slowest = 0;
  for (const side of sides) {
    await side.do(probe.command);
    slowest = Math.max(slowest, (await side.do(probe.command)).cpu / probe.units);
  }
  return Math.max(1, Math.min(most, Math.round((1000 * seconds) / slowest)));
}
