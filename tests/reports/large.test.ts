import { describe, expect, it } from 'vitest';
import { type ReportChoice, wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { reportExhibits, pointsLeftOut } from '../../main/exhibits/all.ts';
import { sharesExhibit } from '../../main/contributions/along/exhibits/shares.ts';
import { renderReport } from '../../main/reports/render.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { classOfCategory } from '../../main/exhibits/parts/study-numbers.ts';
import { reportView } from '../../main/exhibits/view.ts';
import { reportFiles } from '../../main/reports/write.ts';
import { frameOf, textOf } from './page.ts';
import { sampleData } from './sample.ts';

/** How often answers of people are read while something is made of the data. */
function readsOf(data: ReportData, make: (data: ReportData) => unknown): number {
  let reads = 0;
  const { people, simulated } = data.labelers!;
  const counted = {
    simulated,
    get people() {
      reads++;
      return people;
    },
  };
  make({ ...data, labelers: counted });
  return reads;
}

describe('the work of a report', () => {
  const data = sampleData({ targets: [97.5, 98, 98.5], labelers: 'real' });

  it('counts what people say along alpha once, however many targets there are', () => {
    expect(readsOf(data, (of) => sharesExhibit(reportView(of)))).toBe(1);
  });

  it('is that of the page alone where no tables are asked for', () => {
    const page = readsOf(data, (of) => renderReport(of));
    expect(readsOf(data, (of) => reportBundle(of, { ...wholeReport, formats: ['html'] }))).toBe(page);
  });
});

describe('lists of every image at every target', () => {
  const data = sampleData({ targets: [97.5], labelers: 'real' });
  const group = data.analysis!.diverse['97.5']!;
  const many = Object.fromEntries(Array.from({ length: 6061 }, (_, at) => [String(at), group]));
  const large = { ...data, analysis: { ...data.analysis!, diverse: many } };
  const choice: ReportChoice = { ...wholeReport, sections: ['certainty'] };
  const idsOf = (of: ReportData): string[] => reportExhibits(reportView(of, choice)).map(({ id }) => id);

  it('are left out where they are too long, by name, and are there otherwise', () => {
    expect(idsOf(large)).toContain('certainty');
    expect(idsOf(large)).not.toContain('entropy');
    expect(pointsLeftOut(reportView(large, choice))).toEqual([
      'entropy: 6,061 targets on 165 images are 1,000,065 rows, and a table of a report has at most 1,000,000. Choose fewer targets.',
    ]);
    expect(pointsLeftOut(reportView(large, { ...choice, formats: ['html', 'latex'] }))).toEqual([]);
    expect(idsOf(data)).toContain('entropy');
    expect(reportFiles(data, choice).leftOut).toEqual([]);
  });
});

describe('what is not drawn', () => {
  it('of more than a thousand images: entropies have one mark a place and type, not one an image', () => {
    const data = sampleData({ targets: [97.5], labelers: 'real' });
    const seven = <T>(list: readonly T[]): T[] => Array.from({ length: 7 }, () => list).flat();
    const group = data.analysis!.diverse['97.5']!;
    const page = renderReport(
      {
        ...data,
        stimuli: { ...data.stimuli, items: seven(data.stimuli.items).map((item, id) => ({ ...item, id })) },
        analysis: {
          ...data.analysis!,
          humans: { ...data.analysis!.humans, entropy_bits: seven(data.analysis!.humans.entropy_bits) },
          diverse: {
            '97.5': {
              ...group,
              entropy: { ...group.entropy, vote_bits: seven(group.entropy.vote_bits) },
              fig4: { ...group.fig4, category: seven(group.fig4.category) },
            },
          },
        },
      },
      { ...wholeReport, sections: ['certainty'] },
    );
    const figure = frameOf(page, 'entropy');
    const places = new Set(
      group.fig4.category.map((category, image) =>
        [classOfCategory(category), data.analysis!.humans.entropy_bits[image], group.entropy.vote_bits[image]].join(
          ' ',
        ),
      ),
    );
    expect(figure.match(/<title>(Images? |[\d,]+ images, )/g)).toHaveLength(places.size);
    expect(figure).not.toContain('<a ');
    expect(textOf(figure)).toContain('n = 1,155 images; area of a mark: number of images');
  });

  it('of seed groups: the title says that a map is of the first group', () => {
    const page = renderReport(sampleData({ targets: [97.5], repeats: 2 }));
    expect(textOf(frameOf(page, 'figure-4-seeds'))).toContain('the first group of each');
  });
});
