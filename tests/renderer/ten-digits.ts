import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { Goal } from '../../main/contract/api/jobs.ts';
import { studySchema } from '../../main/contract/study.ts';
import { router } from '../../main/services/api/router.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { openWorkbench } from '../../main/services/tools/workbench.ts';
import { repository } from '../architecture/tools.ts';
import { smallModels } from '../services/study/small-study.ts';
import { writeSmallMnist } from '../training/small-data.ts';

/** A study of ten digits with the shipped generator, whose models take a few seconds to train. */
export const studyName = 'ten digits';

const recipe = (architecture: object, target: number): object => ({
  architecture,
  optimiser: { stepSize: 1e-3 },
  batch: 32,
  targets: [target],
  tolerance: 4,
  maxEpochs: 30,
});

const mlp = { kind: 'mlp', hidden: [64] };

const study = (dataSet: object): object => ({
  schema: 'boundary-workbench/study/1',
  name: studyName,
  title: 'Ten digits',
  dataSet,
  generator: { shipped: 'mnist-dcgan64' },
  reference: { recipe: recipe(mlp, 88), seed: 9 },
  stimuli: { source: 'generated', samples: 500, candidatesPerClass: 24, design: { kind: 'paper' }, alphas: 7 },
  models: [
    { name: 'MLP1', group: 'diverse', recipe: recipe(mlp, 86), seed: 1 },
    { name: 'CNN1', group: 'diverse', recipe: recipe(smallModels.cnn, 80), seed: 2 },
    { name: 'ViT1', group: 'diverse', recipe: recipe({ ...smallModels.vit, blocks: 2 }, 70), seed: 3 },
  ],
  labelers: { source: 'rehearsal', count: 5, seed: 1 },
});

/** Makes a data folder with the study (parts of it replaced), trained so far. The caller removes the folder above it. */
export async function prepareTenDigits(goals: readonly Goal[], change: object = {}): Promise<string> {
  process.env.BOUNDARY_ENGINE = 'wasm';
  const home = mkdtempSync(join(tmpdir(), 'boundary-digits-'));
  mkdirSync(join(home, 'set'));
  const { dataSet } = writeSmallMnist(join(home, 'set'));
  const dataFolder = join(home, 'data');
  const workbench = openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  lab.settings.set({ engine: 'wasm', workers: 2 });
  workbench.storage.studies.put(studyName, studySchema.parse({ ...study(dataSet), ...change }), workbench.now());
  const client = createRouterClient(router, { context: { lab, log: () => undefined } });
  for (const goal of goals) {
    const { job } = await client.work.start({ study: studyName, goal });
    for await (const _ of lab.changes.listen(null)) {
      const ended = lab.jobs.list().find((each) => each.id === job && each.endedAt !== null);
      if (ended?.state === 'done') break;
      if (ended) throw new Error(`${ended.title}: ${ended.messages.join(' ')}`);
    }
  }
  await lab.close();
  return dataFolder;
}

/** A copy of a data folder, beside it. */
export function copied(dataFolder: string, name: string): string {
  const copy = join(dataFolder, '..', name);
  cpSync(dataFolder, copy, { recursive: true });
  return copy;
}
