import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageCounts, labelCounts } from '../../../main/analysis/labels/labels.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import calibration from '../../../main/contributions/calibration/results.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { withLabels } from '../../analysis/people.ts';
import { openResults } from '../../services/results/people.ts';
import { asking, figureOf, tableOf } from '../../services/results/section-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const view = { study: 'sample', labelers: null, group: { kind: 'diverse', target: 97.5 } } as const;

/** The sample study, and how its figures come to use a panel. */
async function openPanels() {
  const { workbench, results } = await openResults(new Map([['calibration', calibration]]));
  const importKind = async (kind: 'counts' | 'graded', rows: readonly (readonly (string | number)[])[]) => {
    const path = join(temporaryFolder(), `${kind}.csv`);
    writeFileSync(path, rows.map((row) => `${row.join()}\n`).join(''));
    await importResponses(workbench, 'sample', path, { kind, total: null });
  };
  const divergence = () => quantityAt(tableOf(results.tables(asking('certainty', view)), 'divergence'), 0, 'all');
  return { results, importKind, divergence };
}

test('counts of the same labels have the same divergence', async () => {
  const { results, importKind, divergence } = await openPanels();
  const before = divergence()?.value;
  const { people, images } = results.source('sample');
  const counts = labelCounts(withLabels(people).labels);
  await importKind('counts', [
    ['image', ...Array.from({ length: 10 }, (_, k) => `count_${k}`)],
    ...images.map(({ id }, image) => [id, ...imageCounts(counts, image)]),
  ]);
  expect(before).toBeGreaterThan(0);
  expect(divergence()?.value).toBe(before);
});

test('ratings are no probability, so that softmax cannot be compared with them', async () => {
  const { results, importKind, divergence } = await openPanels();
  const rows = results.source('sample').images.flatMap(({ id, pairI, pairJ }) => [
    [id, 'Ada', pairI ?? 0, 5],
    [id, 'Ada', pairJ ?? 1, 3],
  ]);
  await importKind('graded', [['image', 'labeler', 'label', 'rating'], ...rows]);
  expect(divergence()).toMatchObject({ value: null, undefined: expect.stringContaining('no probability') });
  const reliability = figureOf(results.tables(asking('softmax', view)), 'reliability');
  expect(reliability.notes.join(' ')).toContain('no probability');
});
