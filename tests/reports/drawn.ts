import { wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { sampleData } from './sample.ts';

/** One of each kind of figure. */
const kinds = [
  ...['along-alpha', 'consistency-matrix', 'entropy', 'fewer-networks-figure', 'fewer-people-figure', 'figure-2'],
  ...['figure-4', 'reliability', 'softmax-by-type'],
];

/**
 * Figures of a small study as a report's files have them, a tag a line so that changes can be read; without their
 * styles, which all share.
 */
export function drawn(): [name: string, svg: string][] {
  const data = sampleData({ targets: [97.5, 98], repeats: 2, networks: 3, pairs: 2 });
  const files = reportBundle(data, { ...wholeReport, formats: ['html', 'svg'] });
  return kinds.map((kind) => {
    const file = files.find(({ name }) => name === `svg/${kind}-1.svg`);
    const svg = Buffer.from(file?.bytes ?? []).toString('utf8');
    return [kind, svg.replace(/<style>.*?<\/style>/s, '').replace(/>\s*</g, '>\n<')];
  });
}
