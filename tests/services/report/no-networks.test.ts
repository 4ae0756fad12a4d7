import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { analyzeFiles } from '../../../main/contributions/folders/analyze.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { writeChosenReport } from '../../../main/services/report/write.ts';
import { exportPredictions, exportResponses } from '../../../main/contributions/answers/study-tables.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { leaveNobody, leaveNoNetwork, openResults } from '../results/people.ts';
import { asking, tableOf } from '../results/section-tables.ts';

async function withoutNetworks() {
  const opened = await openResults();
  leaveNoNetwork(opened.workbench);
  return opened;
}

const printer = { missing: 'nothing prints here', print: () => Promise.reject(new Error('not asked')) };

async function reported(workbench: Workbench): Promise<{ page: string; folder: string }> {
  const folder = join(temporaryFolder(), 'report');
  await writeChosenReport(workbench, 'sample', wholeReport, { archive: null, folder }, printer);
  return { page: readFileSync(join(folder, 'index.html'), 'utf8'), folder };
}

describe('a study with images and no networks', () => {
  it('has a report of its images and labels, with the data set that it declares', async () => {
    const { workbench } = await withoutNetworks();
    const { page, folder } = await reported(workbench);
    expect(page).toContain('MNIST: 60,000 training and 10,000 test images');
    expect(page).toContain('165 images, set');
    expect(page).not.toContain('Images by type');
    expect(page).not.toMatch(/\bNaN\b|Infinity|\[object /);
    expect(readdirSync(folder)).toContain('tables.json');
    leaveNobody(workbench);
    const nobody = await reported(workbench);
    expect(nobody.page).toContain('Nobody has labeled');
  });

  it('says that its data set has not been read where it has not', async () => {
    const { workbench } = await withoutNetworks();
    const { id, spec } = findStudy(workbench, 'sample');
    const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
    const dataSet = { source: 'idx' as const, name: 'Ours', classes: [...'abcdefghij'], ...files };
    workbench.storage.studies.put('sample', { ...spec, dataSet }, workbench.now());
    workbench.storage.studyRuns.keepOnly(id, [], workbench.now());
    const { page } = await reported(workbench);
    expect(page).toContain('Ours: 10 classes (a, b, c, d, e, f, g, h, i, j); not read yet');
  });

  it('answers what people alone say of an image, and names what is missing', async () => {
    const { results } = await withoutNetworks();
    const everyone = { study: 'sample', labelers: null };
    expect(results.overview({ study: 'sample' })).toMatchObject({
      missing: null,
      labelers: 10,
      diverse: [],
      models: [],
    });
    const image = results.image({ ...everyone, image: 0 });
    expect(image).toMatchObject({ predictions: [], groups: [] });
    expect(image.labels).toHaveLength(10);
    expect(tableOf(results.tables(asking('types', everyone)), 'table-2').rows.map(([name]) => name)).toEqual([
      'simulated labelers',
    ]);
  });

  it('exports tables: `boundary analyze` reads the labels, and says that there is no prediction', async () => {
    const { workbench } = await withoutNetworks();
    const folder = temporaryFolder();
    const [humans, predictions] = [join(folder, 'humans.csv'), join(folder, 'predictions.csv')];
    exportResponses(workbench, 'sample', humans);
    exportPredictions(workbench, 'sample', predictions);
    expect((await analyzeFiles({ humans })).result.humans.n_labels[0]).toBe(10);
    await expect(analyzeFiles({ humans, predictions })).rejects.toMatchObject({
      message: 'There is a header but no row',
      where: expect.stringContaining('predictions.csv'),
    });
  });
});
