import { randomStream } from '../../main/domain/random.ts';
import type { Samples } from './interleave.ts';
import { peerName } from './sides/sides.ts';
import { median, pairedRatio, type Ratio } from './statistics.ts';
import { markdownTable, threeDigits } from './table.ts';

/** One piece of work, measured on all sides. */
export interface Comparison {
  /** What was measured, e.g. `MLP step`. */
  what: string;
  /** By side: the least speed that is asked for, in units of PyTorch's. */
  needed: Readonly<Record<string, number>>;
  samples: readonly Samples[];
  /** What each side said of itself. */
  notes: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

/** The speed of one side in units of PyTorch's, by the clock and by processor time. */
export interface Speed {
  side: string;
  wall: Ratio;
  cpu: Ratio;
}

/** Speeds of all sides but PyTorch's own; none without PyTorch. */
export function speeds({ what, samples }: Comparison): Speed[] {
  const peer = samples.find(({ side }) => side === peerName);
  if (!peer) return [];
  return samples
    .filter((own) => own !== peer)
    .map((own) => ({
      side: own.side,
      wall: pairedRatio(peer.wall, own.wall, randomStream(1, 'bootstrap', what, own.side, 'wall')),
      cpu: pairedRatio(peer.cpu, own.cpu, randomStream(1, 'bootstrap', what, own.side, 'cpu')),
    }));
}

/** A row for each piece of work and side; times are milliseconds, `least / median`. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const header = ['', 'side', 'ms by the clock', 'ms of CPU', 'speed / PyTorch', '95 %', 'by CPU time', 'needed'];
  const rows = comparisons.flatMap((comparison) => {
    const ratios = speeds(comparison);
    return comparison.samples.map((samples, index) => {
      const speed = ratios.find(({ side }) => side === samples.side);
      const needed = comparison.needed[samples.side];
      return [
        index === 0 ? comparison.what : '',
        samples.side,
        times(samples.wall),
        times(samples.cpu),
        speed ? `${speed.wall.ratio.toFixed(2)}x` : '',
        speed ? `${speed.wall.low.toFixed(2)}-${speed.wall.high.toFixed(2)}` : '',
        speed ? `${speed.cpu.ratio.toFixed(2)}x` : '',
        speed && needed !== undefined ? `${needed.toFixed(2)}x ${speed.wall.ratio >= needed ? 'met' : 'MISSED'}` : '',
      ];
    });
  });
  return markdownTable(header, rows);
}

const times = (values: readonly number[]): string =>
  `${threeDigits(Math.min(...values))} / ${threeDigits(median(values))}`;
