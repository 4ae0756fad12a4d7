import { expect, test } from 'vitest';
import { findStudy } from '../../main/services/workbench/find.ts';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { addSeedStudy, seedDesign } from '../services/results/seed-study.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';

const clothes = [
  'T-shirt or top with short sleeves',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot with a zip at its side',
];

/** The study with seed groups, with the class names of Fashion-MNIST. */
async function longNames(): Promise<string> {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  addSeedStudy(workbench);
  const { spec } = findStudy(workbench, seedDesign.name);
  const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
  const dataSet = { source: 'idx' as const, name: 'Clothes', classes: clothes, ...files };
  workbench.storage.studies.put(seedDesign.name, { ...spec, dataSet }, workbench.now());
  workbench.storage.close();
  return dataFolder;
}

test.skipIf(!hasBrowser)(
  'the flip point table of several groups fits next to the navigation at 1280 pixels',
  async () => {
    const host = await startHost({ dataFolder: await longNames() });
    const groups = ['seeds:ViT:97.5:1', 'seeds:MLP:98.5:3'].join(';');
    const route = `/studies/${seedDesign.name}/results/along?with=${encodeURIComponent(groups)}`;
    const page = await openPage(host, { route });
    const box = page.getByRole('region', { name: 'Flip points, table', exact: true }).last();
    await box.getByText('ViT seeds at 97.5 %, repeat 1').first().waitFor();
    await box.getByRole('button', { name: /^T-shirt or top .* to Sandal$/ }).waitFor();
    await box.evaluate((element) => element.scrollIntoView());
    await screenshot(page, 'results-flips-long-names');
    expect(await box.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
  },
);
