import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { blendImages } from '../../../main/domain/anchors/real-images.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { drawCandidates } from '../../../main/contributions/search/candidates-picture.ts';
import { blendedProvenanceSchema } from '../../../main/services/study/blended.ts';
import { findStimuli, findStudy } from '../../../main/services/workbench/find.ts';
import { reportFolder } from '../../../main/services/workbench/workbench.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import { textOf } from '../../reports/page.ts';
import { folderOfRun, madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { newBench } from '../../contributions/archives/archive-helper.ts';
import { addSmallStudy, jobEnded, openLab, type TestLab } from '../lab/lab-helper.ts';
import { smallModels, smallStudy } from './small-study.ts';

const dataSetOf = (classes: string[]) => ({ ...(smallStudy() as { dataSet: object }).dataSet, classes });
const recipe = { architecture: smallModels.mlp, optimiser: { stepSize: 1e-3 }, targets: [90], tolerance: 5 };
const sure = { ...recipe, targets: [97], tolerance: 1.5 };
const models = [1, 2].map((seed) => ({ name: `MLP${seed}`, group: 'diverse', recipe, seed }));
const withoutGenerator = { generator: null, models, labelers: { source: 'rehearsal', count: 3 } };

async function ends(test: TestLab, study: string): Promise<void> {
  const { job } = await test.client.work.start({ study, goal: 'report' });
  const ended = await jobEnded(test, job);
  expect(ended, ended.messages.join('\n')).toMatchObject({ state: 'done' });
}

const stimuliStep = async ({ client }: TestLab, study: string) =>
  (await client.overview.get({ study })).steps.find(({ step }) => step === 'stimuli');

const threeClasses = {
  ...withoutGenerator,
  name: 'three',
  dataSet: dataSetOf(['zéro', 'un', '二']),
  reference: { recipe: sure, seed: 50 },
  stimuli: {
    source: 'blended',
    alphas: 5,
    candidatesPerClass: 6,
    anchorDesign: { kind: 'fresh' },
    anchorRule: { kind: 'clear', seed: 2 },
    design: { kind: 'confusable', count: 2 },
  },
};

/** A lab with a study of three classes without a generator, which ran to its report. */
async function finished() {
  const dataFolder = join(temporaryFolder(), 'data');
  await madeOnce('three-classes', dataFolder, async (made) => {
    const test = openLab(made);
    await ends(test, addSmallStudy(test, threeClasses, folderOfRun('three-classes-set')));
    await test.lab.close();
  });
  const test = openLab(dataFolder);
  const { client, lab } = test;
  const study = threeClasses.name;
  const record = findStudy(lab.workbench, study);
  const set = findStimuli(lab.workbench, record.id);
  if (!set) throw new Error('the study has stimuli');
  return { test, client, lab, study, record, set, state: await client.stimuli.state({ study }) };
}

test('a study of three classes without a generator is of images between real ones', async () => {
  const { client, lab, study, record, set, state } = await finished();
  const made = blendedProvenanceSchema.parse(set.provenance);
  const confused = await client.stimuli.confusion({ study });
  const pairs = [...new Set(set.images.map(({ pairI, pairJ }) => `${pairI},${pairJ}`))];
  expect(pairs).toEqual(
    confused
      ?.slice(0, 2)
      .map(({ pair }) => pair.join())
      .sort(),
  );

  // Anchors name test images of their class, and the images between two are their blends.
  const { test: real, hash, width, height } = loadDataSet(record.spec.dataSet, '');
  expect(made).toMatchObject({ dataSet: hash, interpolation: 'pixels' });
  const ways = set.images.map(({ anchorI, anchorJ }) => [Number(anchorI), Number(anchorJ)] as const);
  set.images.forEach(({ pairI, pairJ }, n) => {
    expect([pairI, pairJ]).toEqual(ways[n]?.map((position) => real.labels[position]));
  });
  const expected = [ways[0], ways[5]].flatMap((way) => (way ? [way] : []));
  expect(lab.workbench.storage.blobs.get(set.pixels)).toEqual(
    Buffer.from(blendImages(real.images, width * height, expected, alphas(5), 'pixels')),
  );

  expect(state).toMatchObject({ source: 'blended', problem: null, frozen: { current: true, source: 'blended' } });
  const { candidates, images } = await client.search.candidates({ study, classIndex: 2 });
  expect(candidates.map(({ sample }) => real.labels[sample])).toEqual(new Array(6).fill(2));
  expect(images.count).toBe(6);
  const [first, second] = candidates;
  const { weights = '' } = state.generator ?? {};
  const seen = await client.stimuli.strip({
    study,
    from: first?.z ?? '',
    to: second?.z ?? '',
    alphas: 2,
    interpolation: 'linear-light',
    generator: weights,
    voters: [],
  });
  const pixelsOf = (position = 0) => real.images.subarray(position * width * height, (position + 1) * width * height);
  expect(Buffer.from(seen.images.pixels, 'base64')).toEqual(
    Buffer.concat([pixelsOf(first?.sample), pixelsOf(second?.sample)]),
  );
});

test('a study without a generator ends in a report, and an archive takes all of it along', async () => {
  const { lab, study, set } = await finished();
  drawCandidates(lab.workbench, study, join(temporaryFolder(), 'candidates.png'));

  const page = textOf(readFileSync(join(reportFolder(lab.workbench.storage.folder, study), 'index.html'), 'utf8'));
  expect(page).toContain('Without a generator, between real images of the test part');
  expect(page).toContain('accuracy on that part decides when networks are stopped');
  expect(page).toContain('Pairs are those that the reference classifier confuses most');
  expect(page).not.toContain('paper’s value');

  const path = join(temporaryFolder(), 'three.zip');
  await exportArchive(lab.workbench, { study, path, weights: false });
  const other = newBench();
  await importArchive(other, path);
  const copy = findStimuli(other, findStudy(other, study).id);
  expect({ ...copy, provenance: null }).toEqual({ ...set, provenance: null });
  expect(copy?.source).toBe('blended');
});

test('a chosen image makes blended stimuli stale, and the way back makes them current again', async () => {
  const { test, client, lab, study, state } = await finished();
  const [, second] = (await client.search.candidates({ study, classIndex: 2 })).candidates;
  expect(await stimuliStep(test, study)).toMatchObject({ state: 'done' });
  const { draft } = state;
  if (!draft || !second) throw new Error('a blended study has a draft');
  const chosen = { ...draft, anchors: [[], [], [second.sample]] };
  await client.stimuli.saveDraft({ study, before: draft, draft: chosen });
  expect(await stimuliStep(test, study)).toMatchObject({ state: 'stale' });
  expect((await client.stimuli.state({ study })).anchors[2]?.from?.sample).toBe(second.sample);
  const wrong = { ...draft, anchors: [[second.sample], [], []] };
  await client.stimuli.saveDraft({ study, before: chosen, draft: wrong });
  expect((await client.stimuli.state({ study })).problem).toContain(`Test image ${second.sample} is not of class zéro`);
  // The same images in other words are the same set: pairs chosen by hand that are those of the design.
  const byHand = { ...draft, design: { kind: 'listed' as const, pairs: state.pairs } };
  await client.stimuli.saveDraft({ study, before: wrong, draft: byHand });
  expect(await stimuliStep(test, study)).toMatchObject({ state: 'done', reasons: [] });
  expect((await client.stimuli.state({ study })).frozen?.current).toBe(true);
  const seventh = { ...byHand, alphas: 7 };
  await client.stimuli.saveDraft({ study, before: byHand, draft: seventh });
  expect((await stimuliStep(test, study))?.reasons[0]).toBe('The study asks for other pairs or alphas.');
  await client.stimuli.saveDraft({ study, before: seventh, draft });
  expect(await stimuliStep(test, study)).toMatchObject({ state: 'done' });
  // A generator instead is proposed for images of this size, and has to be trained.
  expect(state.instead).toEqual({ what: 'a dcgan28 of 3,000 steps', trained: false });
  const drawn = { ...draft, source: 'generated' as const, anchors: null, interpolation: 'linear' as const };
  await client.stimuli.saveDraft({ study, before: draft, draft: drawn });
  expect(findStudy(lab.workbench, study).spec.generator).toMatchObject({ recipe: { conditional: true }, seed: 1 });
  const { steps } = await client.overview.get({ study });
  expect(steps.find(({ step }) => step === 'generator')?.action?.label).toBe('Train the generator');
  expect(steps.find(({ step }) => step === 'stimuli')?.reasons[0]).toBe(
    'The study now takes images from a generator; these are images between real ones.',
  );
  await client.stimuli.saveDraft({ study, before: drawn, draft });
  expect(await stimuliStep(test, study)).toMatchObject({ state: 'done' });
});

test('two classes, one pair and neither generator nor reference are enough for a study with every measure', async () => {
  const test = openLab();
  const { lab } = test;
  const stimuli = { source: 'blended', alphas: 6 };
  const study = addSmallStudy(test, { ...withoutGenerator, name: 'two', reference: null, stimuli });
  await ends(test, study);
  const record = findStudy(lab.workbench, study);
  expect(record.spec.stimuli).toMatchObject({ design: { kind: 'auto' }, interpolation: 'pixels' });
  const data = readStudyData(lab.workbench, record.id);
  expect(data?.set.images).toHaveLength(6);
  const page = readFileSync(join(reportFolder(lab.workbench.storage.folder, study), 'index.html'), 'utf8');
  expect(page).not.toMatch(/NaN|undefined<|Infinity/);
  // Of two classes there is no third.
  expect(page).not.toMatch(/third class/i);
});

test('a class without test images has no anchor, and those after it keep theirs', async () => {
  const test = openLab();
  const { client, lab } = test;
  const study = addSmallStudy(test, {
    ...withoutGenerator,
    name: 'gap',
    dataSet: dataSetOf(['zéro', 'un', '二']),
    reference: null,
    stimuli: { source: 'blended', alphas: 3, design: { kind: 'listed', pairs: [[0, 2]] } },
  });
  const { dataSet } = findStudy(lab.workbench, study).spec;
  if (dataSet.source !== 'idx') throw new Error('a small study has IDX files');
  const labels = readFileSync(dataSet.testLabels).map((value, n) => (n >= 8 && value === 1 ? 0 : value));
  writeFileSync(dataSet.testLabels, labels);
  const { job } = await client.work.start({ study, goal: 'candidates' });
  expect(await jobEnded(test, job)).toMatchObject({ state: 'done' });
  const { anchors, problem } = await client.stimuli.state({ study });
  expect(problem).toBeNull();
  expect(anchors.map((anchor) => anchor && labels[8 + (anchor.from?.sample ?? -1)])).toEqual([0, null, 2]);
});
