import { expect, test } from 'vitest';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { addDraws, drawnValue } from './drawn-study.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../renderer/harness.ts';

test.skipIf(!hasBrowser)(
  'draws of anchors: a strip for each measure with study and paper, and how to draw',
  async () => {
    const dataFolder = await sampleFolder(temporaryFolder());
    const workbench = openSample(dataFolder);
    addDraws(workbench, 'sample');
    const { spec } = findStudy(workbench, 'sample');
    if (spec.stimuli.source !== 'generated') throw new Error('the sample makes its stimuli');
    const stimuli = {
      ...spec.stimuli,
      anchorDesign: { kind: 'several', perClass: 3 },
      anchorRule: { kind: 'candidate', seed: 1 },
    } as const;
    workbench.storage.studies.put('sample', { ...spec, stimuli }, workbench.now());
    workbench.storage.close();
    const host = await startHost({ dataFolder });
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openPage(host, { route: '/studies/sample/results/draws', colorScheme });
      await page.getByRole('heading', { name: '40 draws of anchors: any clear sample, one a class' }).waitFor();
      const strip = page.getByRole('application', { name: /^Two networks differ/ });
      await strip.waitFor();
      await expect.poll(() => strip.getAttribute('aria-label')).toContain('42 points');
      // The form begins with how the study draws its own anchors.
      await expect.poll(() => page.getByLabel('Anchors of each class').inputValue()).toBe('3');
      expect(await page.getByRole('combobox', { name: 'Chosen by' }).inputValue()).toBe('Any candidate');
      // From the lowest draw on.
      await strip.focus();
      await page.keyboard.press('Home');
      const low = Math.min(...Array.from({ length: 40 }, (_, d) => drawnValue(5, d)));
      await expect.poll(() => strip.getAttribute('aria-label')).toMatch(/(Draw \d+|This study), 97\.5 %; /);
      const row = page
        .getByRole('region', { name: /^Over draws of anchors/ })
        .getByRole('row')
        .nth(1);
      await expect.poll(() => row.textContent()).toContain(low.toFixed(1));
      await expect.poll(() => row.textContent()).toContain('11.3');
      expect(await violations(page)).toEqual([]);
      await screenshot(page, `results-draws-${colorScheme}`);
    }
  },
);
