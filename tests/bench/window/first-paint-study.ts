/** A data folder with a study of MNIST for `first-paint.ts`: anchors chosen, nine networks trained, nothing frozen. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { callsOf } from '../../calls.ts';

export const firstPaintStudy = 'first paint';

/** Targets that are reached within a minute: the speed of a network does not depend on how well it was trained. */
const targets = { mlp: 90, cnn: 90, vit: 70 };

const recipe = (kind: keyof typeof targets): object => ({
  architecture: { kind },
  optimiser: { stepSize: 1e-3 },
  targets: [targets[kind]],
  tolerance: 5,
});

const study = studySchema.parse({
  schema: 'boundary-workbench/study/1',
  name: firstPaintStudy,
  title: 'Screens that are slow to fill',
  dataSet: { source: 'mnist' },
  generator: { shipped: 'mnist-dcgan64' },
  reference: { recipe: recipe('cnn'), seed: 9 },
  stimuli: { source: 'generated', design: { kind: 'paper' }, alphas: 11 },
  models: (['mlp', 'cnn', 'vit'] as const).map((kind, index) => ({
    name: kind.toUpperCase(),
    group: 'diverse',
    recipe: recipe(kind),
    seed: index + 1,
    seeds: 3,
  })),
});

/** Trains it, which takes some minutes. @throws Error if a run fails */
export async function makeFirstPaintStudy(dataFolder: string): Promise<void> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  try {
    workbench.storage.studies.put(study.name, study, workbench.now());
    const client = callsOf({ lab, log: (error: unknown) => console.error(error) });
    for (const goal of ['candidates', 'models'] as const) {
      const { job } = await client.work.start({ study: study.name, goal });
      for await (const _ of lab.changes.listen(null)) {
        const ended = lab.jobs.list().find((each) => each.id === job && each.endedAt !== null);
        if (ended?.state === 'done') break;
        if (ended) throw new Error(`${ended.title}: ${ended.messages.join(' ')}`);
      }
    }
  } finally {
    await lab.close();
  }
}
