import type { Command, Done, Measurable } from './protocol.ts';

/** Blocks of one side, in order; the k-th blocks of all sides were measured one right after another. */
export interface Samples {
  side: string;
  /** Wall-clock and CPU milliseconds per unit of work (a step, or all test images). */
  wall: number[];
  cpu: number[];
  /** Loss or errors after each block. */
  values: number[];
  /** Peak memory of the process in bytes. */
  memory: number;
}

/** Work measured in blocks. */
export interface Measurement {
  /** Runs first: records steps, and warms up caches and compilers. */
  warmUp: readonly Command[];
  /** The command of a round, and its units of work. */
  round: (round: number) => { command: Command; units: number };
  rounds: number;
}

/**
 * Measures all sides in turn, in short blocks, so that other work on the machine affects all sides equally. One side runs
 * at a time, and each round starts with a different one.
 */
export async function interleave(sides: readonly Measurable[], measurement: Measurement): Promise<Samples[]> {
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
 * Units of work in a block of about `seconds` on the slowest side, measured with one probe of each.
 * @param most upper limit
 * @param clock a graphics card takes time that its process does not
 */
export async function blockLength(
  sides: readonly Measurable[],
  probe: { command: Command; units: number },
  seconds: number,
  most: number,
  clock: 'cpu' | 'wall' = 'cpu',
): Promise<number> {
  let slowest = 0;
  for (const side of sides) {
    await side.do(probe.command);
    slowest = Math.max(slowest, (await side.do(probe.command))[clock] / probe.units);
  }
  return Math.max(1, Math.min(most, Math.round((1000 * seconds) / slowest)));
}
