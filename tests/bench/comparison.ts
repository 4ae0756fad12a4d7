import { randomStream } from '../../main/domain/random/random.ts';
import type { Samples } from './sides/interleave.ts';
import { peerName } from './peer/peer.ts';
import { median, pairedRatio, type Ratio } from './paired-ratio.ts';
import { markdownTable, threeDigits } from './table.ts';

/** One piece of work, measured on all sides. */
export interface Comparison {
  /** What was measured, e.g. `MLP step`. */
  what: string;
  /** Required speed of each side, relative to PyTorch. */
  needed: Readonly<Record<string, number>>;
  samples: readonly Samples[];
  /** Versions and choices that each side reports. */
  notes: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

/** The speed of one side relative to PyTorch, by wall-clock and by CPU time. */
export interface Speed {
  side: string;
  wall: Ratio;
  cpu: Ratio;
}

/** Speeds of all sides except PyTorch; empty without PyTorch. */
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

/** A row for each piece of work and side; times are milliseconds, `minimum / median`. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const header = ['', 'side', 'wall-clock ms', 'CPU ms', 'speed / PyTorch', '95 % interval', 'by CPU time', 'required'];
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
