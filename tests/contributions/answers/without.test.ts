import { expect, test } from 'vitest';
import { otherAnswersOf, panelsOf } from '../../../main/contributions/answers/storage/panels.ts';
import { outsideModelsOf } from '../../../main/contributions/answers/models/outside-models.ts';
import { bytesOf } from '../../../main/domain/numbers/arrays.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { Sources } from '../../../main/services/analysis-input.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { findStimuli, findStudy } from '../../../main/services/workbench/find.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { runAtOnce } from '../../../main/storage/batches.ts';
import { noOtherAnswers } from '../../../main/storage/other-answers.ts';
import { noOtherModels } from '../../../main/storage/other-models.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('without what reads them, models that were not trained here are kept and named, and results leave them out', async () => {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  const { storage } = workbench;
  const study = findStudy(workbench, 'sample');
  const set = findStimuli(workbench, study.id);
  if (!set) throw new Error('the sample has stimuli');
  const [count, classes] = [set.images.length, set.classes.length];
  const outside = outsideModelsOf(storage);
  const model = outside.put({ identity: 'a'.repeat(64), kind: 'onnx', spec: {}, found: {} }, 1);
  outside.link(study.id, model, { name: 'answered', tested: null }, 1);
  const labels = storage.blobs.put(bytesOf(new Uint16Array(count)));
  outside.putPrediction(model, { labels, softmax: null, confidence: null, setHash: set.hash, count, classes }, 1);

  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  expect(lab.notices).toContain('This version lacks answers. Its data in this folder are kept.');
  const namesIn = (read: Storage): string[] | undefined =>
    new Sources(read).read(study)?.models.flatMap((each) => (each.outside ? [each.input.name] : []));
  expect(namesIn({ ...storage, otherModels: noOtherModels })).toEqual([]);
  expect(namesIn(storage)).toEqual(['answered']);
  await lab.close();
});

test('without what reads them, panels are kept and named, and results are of the labels of the study', async () => {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  const { storage } = workbench;
  const study = findStudy(workbench, 'sample');
  const setHash = findStimuli(workbench, study.id)?.hash ?? '';
  const own = new Sources(storage).read(study);
  const findings = { rows: 1, images: 1, unknownImages: { count: 0, names: [] }, empty: 0, withdrawn: 0 };
  const panel = { studyId: study.id, setHash, kind: 'counts' as const, source: 'csv:1', key: 'b'.repeat(64), findings };
  const id = own?.images[0]?.id ?? 0;
  const row = { pseudonym: null, amount: 7, answers: JSON.stringify([[id, [[3, 7]]]]) };
  const panels = panelsOf(storage);
  panels.use(study.id, runAtOnce(panels.importSteps(panel, [row], 1))());

  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  expect(lab.notices).toContain('This version lacks answers. Its data in this folder are kept.');
  const read = new Sources({ ...storage, otherAnswers: noOtherAnswers }).read(study);
  expect([read?.people, read?.otherAnswers]).toEqual([own?.people, null]);
  const used = new Sources({ ...storage, otherAnswers: otherAnswersOf(storage.database) }).read(study);
  expect(used?.people.kind).toBe('counts');
  expect(used?.otherAnswers?.record).toMatchObject({ source: 'csv:1', answers: 7, images: 1 });
  await lab.close();
});
