import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Goal } from '../../main/contract/api/jobs.ts';
import { studySchema } from '../../main/contract/studies/study.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { repository } from '../architecture/tools.ts';
import { madeOnce } from '../made-once.ts';
import { smallModels } from '../services/study/small-study.ts';
import { writeSmallMnist } from '../training/small-data.ts';
import { callsOf, offered } from '../calls.ts';

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

/** Makes a data folder with the study (parts of it replaced), untrained. The caller removes the folder above it. */
export async function untrainedTenDigits(change: object = {}): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'boundary-digits-'));
  const lab = openLab(join(home, 'data'));
  declare(lab, join(home, 'set'), change);
  await lab.close();
  return join(home, 'data');
}

/**
 * The same with its candidates, which are found once for all tests of a run, and then taken to further goals. The caller
 * removes the folder above it.
 */
export async function prepareTenDigits(goals: readonly Goal[] = []): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'boundary-digits-'));
  const dataFolder = join(home, 'data');
  // Its images stay where they are when the data folder is copied.
  const set = join(process.env.BOUNDARY_TEST_RUN ?? home, 'ten-digits-set');
  await madeOnce('ten-digits', dataFolder, async (made) => {
    const lab = openLab(made);
    declare(lab, set);
    await reach(lab, 'candidates');
    await lab.close();
  });
  const lab = openLab(dataFolder);
  for (const goal of goals) await reach(lab, goal);
  await lab.close();
  return dataFolder;
}

function openLab(dataFolder: string): Lab {
  process.env.BOUNDARY_ENGINE = 'wasm';
  const workbench = openWorkbench({
    root: repository,
    resources: join(repository, 'resources'),
    dataFolder,
    ...offered,
  });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  lab.settings.set({ engine: 'wasm', workers: 2 });
  return lab;
}

function declare({ workbench }: Lab, set: string, change: object = {}): void {
  mkdirSync(set, { recursive: true });
  const { dataSet } = writeSmallMnist(set);
  workbench.storage.studies.put(studyName, studySchema.parse({ ...study(dataSet), ...change }), workbench.now());
}

async function reach(lab: Lab, goal: Goal): Promise<void> {
  const client = callsOf({ lab, log: () => undefined });
  const { job } = await client.work.start({ study: studyName, goal });
  for await (const _ of lab.changes.listen(null)) {
    const ended = lab.jobs.list().find((each) => each.id === job && each.endedAt !== null);
    if (ended?.state === 'done') return;
    if (ended) throw new Error(`${ended.title}: ${ended.messages.join(' ')}`);
  }
}

/** A copy of a data folder, beside it. */
export function copied(dataFolder: string, name: string): string {
  const copy = join(dataFolder, '..', name);
  cpSync(dataFolder, copy, { recursive: true });
  return copy;
}
