/** Prints the table of docs/analysis.md: how often 95 % intervals hold the truth in simulated studies. */
import { coverage, type Design, statisticNames } from './simulated-study.ts';

const studies = Number(process.argv[2] ?? 2000);
const designs: Design[] = [
  ...[1, 0.5].map((pairEffect) => ({ pairs: 15, images: 11, pairEffect })),
  ...[30, 100].map((pairs) => ({ pairs, images: 11, pairEffect: 1 })),
  { pairs: 165, images: 1, pairEffect: 1 },
];

const found = designs.map((design) => coverage(design, studies));
const titles = designs.map(({ pairs, images, pairEffect }) => `${pairs} x ${images}, ${pairEffect}`);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
const percent = (share: number): string => (100 * share).toFixed(1);

process.stdout.write(row(['', ...titles]));
for (const name of statisticNames) {
  const cells = found.map(
    ({ percentile, corrected }) => `${percent(percentile[name]!)} / ${percent(corrected[name]!)}`,
  );
  process.stdout.write(row([name, ...cells]));
}
