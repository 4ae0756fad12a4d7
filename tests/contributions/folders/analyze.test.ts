import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeFiles } from '../../../main/contributions/folders/analyze.ts';
import { differences } from '../../analysis/same.ts';
import { edgeFixtures, expectedAnalysis, fixturePath, fixtures } from '../../fixtures/fixtures.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

describe('analyzeFiles', () => {
  it.each(fixtures)('gives all of expected.json of %s', async (fixture) => {
    const { result, warnings } = await analyzeFiles({
      humans: fixturePath(fixture, 'humans.csv'),
      predictions: fixturePath(fixture, 'predictions.csv'),
    });
    expect(warnings).toEqual([]);
    const written: unknown = JSON.parse(JSON.stringify(result));
    expect(differences(written, expectedAnalysis(fixture))).toEqual([]);
  });

  it.each(edgeFixtures)('gives all of expected.json of %s, written by another program', async (fixture) => {
    const { result } = await analyzeFiles({
      humans: fixturePath(fixture, 'humans.csv'),
      predictions: fixturePath(fixture, 'predictions.csv'),
    });
    expect(differences(JSON.parse(JSON.stringify(result)), expectedAnalysis(fixture))).toEqual([]);
  });

  it.each(fixtures)('gives the human part of %s from humans.csv alone', async (fixture) => {
    const { result } = await analyzeFiles({ humans: fixturePath(fixture, 'humans.csv') });
    const expected = expectedAnalysis(fixture);
    const written = JSON.parse(JSON.stringify(result)) as typeof result;
    expect(differences(written.humans, expected.humans)).toEqual([]);
    expect(differences(written.meta, expected.meta)).toEqual([]);
    expect(written).toMatchObject({ diverse: {}, paired_tests: {}, fig2: {}, table5: {}, fig4: {} });
  });

  it('gives the network part from predictions.csv alone, and null for what needs people', async () => {
    const files = { predictions: fixturePath('shared-fixture-2', 'predictions.csv') };
    const { result } = await analyzeFiles(files);
    const expected = expectedAnalysis('shared-fixture-2').diverse as typeof result.diverse;
    const group = result.diverse['97.5']!;
    expect(group.model_certainty_pct).toEqual(expected['97.5']!.model_certainty_pct);
    expect(group.table2).toEqual({
      misclassified_per_model_pct: { mean: null, std: null, std_ddof1: null, n: 0 },
      misclassified_of_agreed_pct: { mean: null, std: null, std_ddof1: null, n: 0 },
      misclassified_across_pct: null,
      pairwise_disagreement_pct: expected['97.5']!.table2.pairwise_disagreement_pct,
      all_disagree_pct: expected['97.5']!.table2.all_disagree_pct,
    });
    expect(group.types).toMatchObject({ n_images: 0, nn_disagree_pct: null, type_a_pct: null });
    expect(group.image_class).toEqual(new Array(12).fill(null));
    expect(result.humans).toMatchObject({ disagree_pct: null, n_majority_ties: 0, leave_one_out_n_disagree: {} });
    expect(result.meta).toMatchObject({ n_images: 12, n_labelers: 0, n_determined: 0, labelers: [] });
    expect(result.fig2.CNN!['97.5']!.type_a_pct.per_repeat).toEqual(new Array(10).fill(null));
  });

  it('says when labelers are simulated', async () => {
    const path = join(temporaryFolder(), 'humans.csv');
    writeFileSync(path, 'image,pair_i,pair_j,alpha,labeler,label,simulated\n0,0,1,0,H1,0,yes\n');
    const { result, warnings } = await analyzeFiles({ humans: path });
    expect(warnings).toMatchObject([{ code: 'humans.simulated', where: path }]);
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ rehearsal: true, meta: { n_labelers: 1 } });
  });

  it('needs a file', async () => {
    await expect(analyzeFiles({})).rejects.toMatchObject({ name: 'UserError', code: 'analyze.no-files' });
  });
});

describe('images in one file and not in the other', () => {
  const humansHeader = 'image,pair_i,pair_j,alpha,labeler,label\n';
  const predictionsHeader = 'image,model,architecture,target_accuracy,repeat,seed,label,p0,p1\n';

  function files(humans: string, predictions: string): { humans: string; predictions: string } {
    const folder = temporaryFolder();
    const paths = { humans: join(folder, 'humans.csv'), predictions: join(folder, 'predictions.csv') };
    writeFileSync(paths.humans, humansHeader + humans);
    writeFileSync(paths.predictions, predictionsHeader + predictions);
    return paths;
  }

  it('refuses an image that only humans.csv has', async () => {
    const paths = files('0,0,1,0,H1,0\n7,0,1,0.5,H1,0\n', '0,A,CNN,98,,,0,1,0\n');
    await expect(analyzeFiles(paths)).rejects.toMatchObject({
      code: 'humans.unknown-image',
      where: `${paths.humans}, row 3`,
      message: `There is no image 7 in ${paths.predictions}`,
    });
  });

  it('refuses an image that only some models have', async () => {
    const paths = files('0,0,1,0,H1,0\n', '0,A,CNN,98,,,0,1,0\n9,A,CNN,98,,,0,1,0\n0,B,CNN,97,,,0,1,0\n');
    await expect(analyzeFiles(paths)).rejects.toMatchObject({
      code: 'predictions.unknown-image',
      where: `${paths.predictions}, row 3`,
    });
  });

  it('takes an image that all models have as unlabeled, with a warning: an absent row is a missing label', async () => {
    const paths = files('0,0,1,0,H1,0\n0,0,1,0,H2,0\n', '9,A,CNN,98,,,0,1,0\n0,A,CNN,98,,,1,0,1\n');
    const { result, warnings } = await analyzeFiles(paths);
    expect(warnings).toMatchObject([{ code: 'humans.image-without-row', where: `${paths.predictions}, row 2` }]);
    expect(result.meta).toMatchObject({ images: [0, 9], n_determined: 1 });
    expect(result.humans.status).toEqual(['agree', null]);
    expect(result.humans.modal_labels).toEqual([[0], []]);
  });

  it('refuses a human label beyond the classes of predictions.csv', async () => {
    const paths = files('0,0,1,0,H1,2\n', '0,A,CNN,98,,,0,1,0\n');
    await expect(analyzeFiles(paths)).rejects.toMatchObject({
      code: 'humans.label-out-of-range',
      where: `${paths.humans}, row 2`,
    });
  });
});
