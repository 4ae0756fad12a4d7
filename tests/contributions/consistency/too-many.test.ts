import { describe, expect, it } from 'vitest';
import { type ReportChoice, wholeReport } from '../../../main/contract/api/report.ts';
import type { ReportData } from '../../../main/exhibits/report-data.ts';
import { cellsOf, files, labeled, rowsOf } from '../../reports/exhibit-files.ts';
import { frameOf, textOf } from '../../reports/page.ts';
import { sampleWithConsistency } from './with-consistency.ts';

describe('a matrix that is not drawn', () => {
  const often = (person: number, image: number): number => (image % 11 < 5 + (person % 3) ? 1 : 2);
  /** What stands in place of the picture, and the page's files. */
  const instead = (data: ReportData, choice?: ReportChoice): { words: string; all: Map<string, string> } => {
    const all = files(data, choice);
    return { words: textOf(frameOf(all.get('index.html')!, 'consistency-matrix')), all };
  };

  it('of more than forty raters: the frame says why, and where the numbers of every pair are', () => {
    const { words, all } = instead(labeled(sampleWithConsistency({ targets: [97.5], labelers: 'real' }), 32, often));
    expect(frameOf(all.get('index.html')!, 'consistency-matrix')).not.toContain('<svg');
    expect(words).toContain('41 raters are too many to be drawn: at most 40 are.');
    expect(words).toMatch(
      /CSV and JSON files: pairs with networks in error-consistency, every two people in labeler-pairs/,
    );
    const cells = [cellsOf(all, 'error-consistency'), cellsOf(all, 'labeler-pairs')];
    expect(cells.map((rows) => rows.length)).toEqual([(9 * 8) / 2 + 9 * 32, (32 * 31) / 2]);
  });

  it('of more than forty people alone: only the file that is there is named, and none where none is', () => {
    const data = labeled(sampleWithConsistency({ targets: [], labelers: 'real' }), 41, often);
    const { words, all } = instead(data, { ...wholeReport, formats: ['html', 'csv'] });
    expect(words).toContain('41 raters are too many to be drawn: at most 40 are.');
    expect(words).toContain('Numbers of all pairs are in the CSV files: every two people in labeler-pairs');
    expect(words).not.toContain('error-consistency');
    expect(rowsOf(all.get('csv/labeler-pairs.csv'))).toHaveLength((41 * 40) / 2);
    const page = instead(data, { ...wholeReport, formats: ['html', 'latex'] }).words;
    expect(page).not.toMatch(/labeler-pairs|error-consistency/);
  });
});
