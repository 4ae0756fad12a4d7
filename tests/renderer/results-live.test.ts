import { expect, test } from 'vitest';
import { addSmallStudy, jobEnded, openLab } from '../services/lab/lab-helper.ts';
import { smallStudy } from '../services/study/small-study.ts';
import { hasBrowser, openPage, startHost } from './harness.ts';

const { models } = smallStudy() as { models: { recipe: object }[] };
/** Trains on beyond its target, so that its answers come after all steps before them have been told of. */
const first = { ...models[0], recipe: { ...models[0]?.recipe, targets: [97, 99.99], tolerance: 0.3, maxEpochs: 60 } };
/** Learns so little that it trains for as long as the test takes. */
const endless = { ...models[1], recipe: { ...models[1]?.recipe, optimiser: { stepSize: 1e-9 }, maxEpochs: 5000 } };

/** Without a generator, which would have to be trained. */
const betweenRealImages = { generator: null, reference: null, stimuli: { source: 'blended', alphas: 7 } };

test.skipIf(!hasBrowser)(
  'results without networks update when the first network is done while others still train',
  async () => {
    const lab = openLab();
    const study = addSmallStudy(lab, { ...betweenRealImages, models: [first, endless] });
    const { job } = await lab.client.work.start({ study, goal: 'stimuli' });
    expect((await jobEnded(lab, job)).state).toBe('done');
    const { storage, now } = lab.lab.workbench;
    const { id } = storage.studies.byName(study)!;
    const setHash = storage.studies.stimuli(id)!;
    const rows = ['P1', 'P2'].flatMap((pseudonym) =>
      storage.stimulusSets.images(setHash).map((image) => ({ imageId: image.id, pseudonym, label: 0 })),
    );
    const labelers = storage.responses.importTable({ setHash, source: 'csv:test', simulated: false, rows }, now());
    storage.studies.useLabelers(id, labelers, now());
    await lab.lab.close();
    const host = await startHost({ dataFolder: lab.dataFolder });
    const page = await openPage(host, { route: `/studies/${study}/results` });
    await page.getByText('these results are about people only').waitFor();
    const other = await page.context().newPage();
    await other.goto(page.url().replace(/\/results$/, ''));
    await other.locator('.overview-head .screen-tools').getByRole('button').first().click();
    await page.getByRole('combobox', { name: 'Networks' }).waitFor();
    await page.getByRole('heading', { name: /^Table 1/ }).waitFor();
    await other.getByRole('region', { name: 'Work on this study' }).getByText(/Stop/).waitFor();
  },
);
