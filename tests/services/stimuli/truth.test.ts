import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layOutStimuli } from '../../../main/domain/stimuli/stimulus-set.ts';
import { consistencyPart, peopleConsistency } from '../../../main/contributions/consistency/analysis/part.ts';
import { exportStimulusSet } from '../../../main/contributions/sets/write-set.ts';
import { importStimulusSet } from '../../../main/contributions/sets/reading/import-stimuli.ts';
import { predictionsFile } from '../../../main/reports/predictions.ts';
import { humansCsv } from '../../../main/reports/tables.ts';
import { readHumansCsv } from '../../../main/contributions/folders/tables/humans-csv-reader.ts';
import { writeHumansCsv } from '../../../main/contributions/answers/tables/humans-csv.ts';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { freezeImported } from '../../contributions/sets/freeze.ts';
import { analyzeFiles } from '../../../main/contributions/folders/analyze.ts';
import { exportResponses, importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { sampleData } from '../../reports/sample.ts';
import { hash, study } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { newBench } from '../../contributions/archives/archive-helper.ts';
import { labelMatrix } from '../../analysis/people.ts';

/** Two pairs at two alphas; the true class of the last image is unknown. */
const truth = [0, 1, 1];
const set = () => ({
  width: 2,
  height: 1,
  channels: 1 as const,
  pixels: Uint8Array.from({ length: 8 }, (_, k) => 20 * k),
  images: layOutStimuli(
    [
      [0, 1],
      [1, 2],
    ],
    [0, 1],
  ).map((image, at) => (truth[at] === undefined ? image : { ...image, truth: truth[at] })),
});
const dataSet = {
  hash: hash(1),
  source: { source: 'mnist' as const },
  name: 'small',
  classes: ['a', 'b', 'c'],
  trainCount: 1,
  testCount: 1,
  width: 2,
  height: 1,
  channels: 1 as const,
  mean: [0],
  std: [1],
};

test('true classes outlast files, database and archives, and the analysis takes them as the reference', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'set.zip');
  await exportStimulusSet(set(), path);
  expect((await importStimulusSet(path)).images).toEqual(set().images);

  const workbench = newBench();
  const { setHash } = await freezeImported(workbench, { path, folder: '', dataSet });
  const id = workbench.storage.studies.put('small', study(), 1);
  workbench.storage.studies.useStimuli(id, setHash, 1);
  const humans = join(folder, 'humans.csv');
  const rows = ['0,0,1,0,P1,0', '1,0,1,1,P1,', '2,1,2,0,P1,1', '0,0,1,0,P2,0', '1,0,1,1,P2,1', '2,1,2,0,P2,2'];
  writeFileSync(humans, ['image,pair_i,pair_j,alpha,labeler,label', ...rows, ''].join('\n'));
  await importResponses(workbench, 'small', humans);

  const data = readStudyData(workbench, id);
  if (!data) throw new Error('the study has stimuli');
  const found = analyze(data.input, { parts: [consistencyPart] });
  const errors = peopleConsistency(found.humans).error_consistency;
  expect(found.meta.error_reference).toBe('truth');
  // P1 saw image 1 and gave no label: an error. Right: P1 on 0 and 2, P2 on 0 and 1.
  expect(errors!.pairs.value('n', 0)).toBe(3);
  expect(errors!.pairs.value('acc_a', 0)).toBeCloseTo(2 / 3, 12);

  const written = join(folder, 'again.csv');
  exportResponses(workbench, 'small', written);
  expect(readFileSync(written, 'utf8').split('\n')[0]).toBe('image,pair_i,pair_j,alpha,labeler,label,truth');
  const again = (await analyzeFiles({ humans: written })).result;
  expect(peopleConsistency(again.humans).error_consistency!.kappa).toEqual(errors!.kappa);

  const archive = join(folder, 'study.zip');
  await exportArchive(workbench, { study: 'small', path: archive, weights: false });
  const other = newBench();
  await importArchive(other, archive);
  expect(other.storage.stimulusSets.get(setHash)?.images.map((image) => image.truth)).toEqual([0, 1, 1, null]);

  // A manifest without true classes adds nothing; one with others contradicts a frozen set.
  const plain = join(folder, 'plain.zip');
  await exportStimulusSet({ ...set(), images: set().images.map((image) => ({ ...image, truth: null })) }, plain);
  await freezeImported(workbench, { path: plain, folder: '', dataSet });
  const wrong = join(folder, 'wrong.zip');
  await exportStimulusSet({ ...set(), images: set().images.map((image) => ({ ...image, truth: 2 })) }, wrong);
  await expect(freezeImported(workbench, { path: wrong, folder: '', dataSet })).rejects.toMatchObject({
    code: 'stimuli.conflict',
  });
});

test('without true classes nothing changes in files, and majorities are the reference', async () => {
  const folder = temporaryFolder();
  const plain = { ...set(), images: set().images.map(({ id, pairI, pairJ, alpha }) => ({ id, pairI, pairJ, alpha })) };
  await exportStimulusSet(plain, join(folder, 'set'));
  const manifest = readFileSync(join(folder, 'set', 'manifest.csv'), 'utf8').split('\n');
  expect(manifest[0]).toBe('image,file,pair_i,pair_j,alpha,width,height,pixel_sha256');
  const humans = join(folder, 'humans.csv');
  const labelers = [{ name: 'P1', simulated: false }];
  const labels = { ...labelMatrix([[0, null, 1, 1]], 3), unanswered: Uint8Array.of(0, 1, 0, 0) };
  writeHumansCsv(humans, { images: plain.images, labelers, labels });
  expect(readFileSync(humans, 'utf8')).toBe(
    'image,pair_i,pair_j,alpha,labeler,label\n0,0,1,0,P1,0\n2,1,2,0,P1,1\n3,1,2,1,P1,1\n',
  );
  expect((await analyzeFiles({ humans })).result.meta).not.toHaveProperty('error_reference');
});

test('a true class that contradicts another row, or is no class, is refused with its row', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'humans.csv');
  const write = (...rows: string[]): void =>
    writeFileSync(path, ['image,pair_i,pair_j,alpha,labeler,label,truth', ...rows, ''].join('\n'));
  write('0,0,1,0,P1,0,0', '0,0,1,0,P2,0,1');
  await expect(readHumansCsv(path)).rejects.toMatchObject({
    code: 'humans.inconsistent-image',
    message: expect.stringContaining('a different true class in row 2'),
  });
  write('0,0,1,0,P1,0,5');
  await expect(readHumansCsv(path, { classes: 2 })).rejects.toMatchObject({ where: expect.stringContaining('2') });
});

test('files of a report have true classes', () => {
  const data = sampleData({ labelers: 'real', targets: [97.5] });
  const items = data.stimuli.items.map((item) => ({ ...item, truth: item.pairI }));
  const [header, first] = humansCsv({ ...data, stimuli: { ...data.stimuli, items } }).split('\n');
  expect(header).toBe('image,pair_i,pair_j,alpha,labeler,label,truth');
  expect(first?.split(',').at(-1)).toBe(String(data.stimuli.items[0]?.pairI));
  const [columns, row] = predictionsFile({ ...data, stimuli: { ...data.stimuli, items } }, data.predictions)
    .toString()
    .split('\n');
  expect(columns).toMatch(/,label,p0,.*,p9,truth$/);
  expect(row?.split(',').at(-1)).toBe(String(data.stimuli.items[0]?.pairI));
  expect(predictionsFile(data, data.predictions).toString().split('\n')[0]).toMatch(/,p9$/);
});
