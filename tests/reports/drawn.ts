import { wholeReport } from '../../main/contract/api/report.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { sampleData } from './sample.ts';

/** A small study whose figures are drawn. */
export const drawnOptions = { targets: [97.5, 98], repeats: 2, networks: 3, pairs: 2 };
export const drawnData = () => sampleData(drawnOptions);

/**
 * Figures of a report as its files have them, a tag a line so that changes can be read; without their styles, which all
 * share. @param kinds ids of figures
 */
export function drawn(data: ReportData, kinds: readonly string[]): [name: string, svg: string][] {
  const files = reportBundle(data, { ...wholeReport, formats: ['html', 'svg'] });
  return kinds.map((kind) => {
    const file = files.find(({ name }) => name === `svg/${kind}-1.svg`);
    const svg = Buffer.from(file?.bytes ?? []).toString('utf8');
    return [kind, svg.replace(/<style>.*?<\/style>/s, '').replace(/>\s*</g, '>\n<')];
  });
}
