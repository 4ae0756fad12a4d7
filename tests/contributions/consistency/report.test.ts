import { describe, expect, it, test } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { wholeReport } from '../../../main/contract/api/report.ts';
import type { Cell } from '../../../main/contract/results/exhibit.ts';
import {
  consistencyPart,
  groupConsistency,
  peopleConsistency,
} from '../../../main/contributions/consistency/analysis/part.ts';
import { pooledExhibit } from '../../../main/contributions/consistency/exhibits/pooled.ts';
import { isQuantity } from '../../../main/domain/results/exhibits.ts';
import { reportExhibits } from '../../../main/exhibits/all.ts';
import type { StudyNumbers } from '../../../main/exhibits/parts/study-numbers.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { reportBundle } from '../../../main/reports/bundle.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { cellsOf, files, labeled } from '../../reports/exhibit-files.ts';
import { frameOf, textOf } from '../../reports/page.ts';
import { sampleWithConsistency } from './with-consistency.ts';

describe('a report', () => {
  it('of people alone has their matrix, on its page and as a file', () => {
    const data = sampleWithConsistency({ targets: [], labelers: 'real' });
    expect(frameOf(renderReport(data), 'consistency-matrix').match(/<title>/g)).toHaveLength(90);
    const names = reportBundle(data, wholeReport).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['svg/consistency-matrix-1.svg', 'csv/labeler-pairs.csv']));
  });

  it('say of two people that error consistency takes a third', () => {
    const data = labeled(sampleWithConsistency({ labelers: 'real' }), 2, (person, image) =>
      image % 7 === person ? 1 : 2,
    );
    const words = textOf(frameOf(renderReport(data), 'agreement'));
    expect(words).toContain('at least 3 people');
    expect(words).not.toContain('No image was labeled by at least two');
  });

  it('two people each have their kappas', () => {
    const data = sampleWithConsistency({ targets: [97.5, 98], labelers: 'real' });
    const { humans } = data.analysis!;
    const rows = cellsOf(files(data), 'labeler-pairs');
    expect(rows).toHaveLength(45);
    const { a, b, kappa } = peopleConsistency(humans).error_consistency!.pairs.row(7);
    const own = rows.find((row) => row.First === a && row.Second === b)!;
    expect(own['Error consistency κ']).toBe(kappa);
    expect(own['Cohen’s κ']).toBe([...humans.cohen!.pairs].find((row) => row.a === a && row.b === b)!.kappa);
  });

  it('has error consistency with an average person, told as such, with intervals for other pairs', () => {
    const data = sampleWithConsistency({ targets: [97.5, 98], labelers: 'counts' });
    const page = renderReport(data);
    const exhibits = new Map(reportExhibits(reportView(data)).map((exhibit) => [exhibit.id, exhibit]));
    const cells = (id: string, row: number): Cell[] => exhibits.get(id)?.rows[row] ?? [];
    const { human_human_pooled: pair, error_consistency: errors } = peopleConsistency(data.analysis!.humans);
    const { human_model_pooled_kappa: kappa } = groupConsistency(data.analysis!.diverse['98']!);
    expect(errors).toBeNull();
    expect(cells('agreement', 0)[5]).toMatchObject({
      value: null,
      undefined: expect.stringContaining('not who gave which'),
    });
    expect(cells('pooled', 0)[2]).toMatchObject({ value: pair!.kappa });
    expect(cells('pooled', 2)[2]).toMatchObject({
      value: kappa!.mean,
      n: 9,
      interval: { claim: 'anchors', lo: expect.any(Number) },
    });
    expect(textOf(frameOf(page, 'pooled'))).toContain('not the mean of κ over persons');
  });
});

test('an average person has no error consistency while nobody labeled, or if all are always right', () => {
  const images = [0, 1, 2].map((id) => ({ id, pairI: 0, pairJ: 1, alpha: id / 2 }));
  /** Why κ of two average people is undefined, of so many labels of class 0 an image. */
  const why = (labels: number) => {
    const input = {
      images,
      classes: 2,
      people: {
        kind: 'counts' as const,
        counts: {
          images: 3,
          classes: 2,
          counts: Uint32Array.from([labels, 0, labels, 0, labels, 0]),
          present: Uint32Array.from([labels, labels, labels]),
        },
      },
      models: [],
      modelLabels: new Int16Array(),
      softmax: new Float64Array(),
    };
    const analysis = analyze(input, { parts: [consistencyPart] });
    const study = { rehearsal: false, labelers: analysis.meta.n_labelers, humans: analysis.humans, groups: [] };
    const cell = pooledExhibit(study as unknown as StudyNumbers).rows[0]?.[2];
    return isQuantity(cell) ? cell.undefined : cell;
  };
  expect(why(0)).toBe('Nobody has labeled these images yet.');
  for (const labels of [1, 4]) expect(why(labels)).toMatch(/Or no image has a majority among all others\.$/);
});
