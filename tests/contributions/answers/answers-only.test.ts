import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import type { LivePart } from '../../../main/contract/api/stimuli.ts';
import { bytesOf } from '../../../main/domain/arrays.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { routerWith } from '../../../main/services/api/router.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { findStimuli, findStudy } from '../../../main/services/tools/find.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { outsideModelsOf } from '../../../main/contributions/answers/models/outside-models.ts';

test('without a contribution that runs models, stored answers are shown, and others are said to be out of reach', async () => {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  const { blobs } = workbench.storage;
  const outsideModels = outsideModelsOf(workbench.storage);
  const study = findStudy(workbench, 'sample');
  const set = findStimuli(workbench, study.id);
  if (!set) throw new Error('the sample has stimuli');
  const { hash: setHash, images, classes } = set;
  const labels = Uint16Array.from(images, ({ id }) => id % classes.length);
  const add = (name: string, letter: string): { model: number; id: number } => {
    const model = outsideModels.put({ identity: letter.repeat(64), kind: 'onnx', spec: {}, found: {} }, 1);
    return { model, id: outsideModels.link(study.id, model, { name, tested: null }, 1) };
  };
  const [answered, silent] = [add('answered', 'a'), add('silent', 'b')];
  const stored = { labels: blobs.put(bytesOf(labels)), softmax: null, confidence: null, setHash };
  outsideModels.putPrediction(answered.model, { ...stored, count: images.length, classes: classes.length }, 1);

  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  const client = createRouterClient(routerWith([]), { context: { lab, log: console.error } });
  const image = images[3]?.id ?? 0;
  const asked = { study: 'sample', models: [answered.id, silent.id], images: { kind: 'image', image } as const };
  const parts: LivePart[] = [];
  for await (const part of await client.stimuli.liveVotes(asked)) parts.push(part);
  expect(parts).toContainEqual({ type: 'vote', id: answered.id, softmax: null, labels: [image % classes.length] });
  expect(parts).toContainEqual({ type: 'failed', id: silent.id, why: expect.stringContaining('runs no models') });
  await lab.close();
});
