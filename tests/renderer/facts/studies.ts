import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect } from 'vitest';
import { type DataSetSource, studySchema } from '../../../main/contract/studies/study.ts';
import { repository } from '../../architecture/tools.ts';
import { dataOnCluster } from '../../contributions/slurm/data-on-cluster.ts';
import { writeLetters } from '../../contributions/images/pictures.ts';
import { callHost } from '../../services/labeling/host-client.ts';
import { addSmallStudy, jobEnded, openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { sampleFolder } from '../../services/report/sample-lab.ts';
import { boundary } from '../../services/study/command-line.ts';
import { smallModels, smallStudy } from '../../services/study/small-study.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sampleWithSessions, withSessions } from '../pictures/sample-with-sessions.ts';

/** A data folder with studies. */
export interface MadeStudy {
  readonly dataFolder: string;
  readonly studies: readonly string[];
}

/** Networks that learn within seconds. */
const quick = { batch: 26, optimiser: { stepSize: 3e-3 }, targets: [60], tolerance: 5, maxEpochs: 40 };

/** Runs the study up to its report; targets that are missed are part of it. */
async function run(lab: TestLab, study: string): Promise<void> {
  const { job } = await lab.client.work.start({ study, goal: 'report' });
  await jobEnded(lab, job);
}

async function last<Part>(stream: AsyncIterable<Part>): Promise<Part> {
  let part: Part | undefined;
  for await (const each of stream) part = each;
  return part ?? expect.fail('an empty stream');
}

/** A folder of pictures of four letters, and networks that are made smaller. */
async function ownPictures(): Promise<MadeStudy> {
  const lab = openLab();
  const folder = join(temporaryFolder(), 'letters');
  writeLetters(folder, 30);
  const inspected = await last(await lab.client.images.inspect({ from: { kind: 'path', path: folder } }));
  const { found } = inspected as Extract<typeof inspected, { found: unknown }>;
  const source = { ...found.source, width: 16, height: 16, folders: ['A', 'I', 'O', 'X'] } as DataSetSource;
  await last(await lab.client.images.prepare({ source }));
  const { name } = await lab.client.images.create({
    source,
    name: 'letters',
    title: null,
    target: 60,
    referenceTarget: null,
    stimuli: 'blended',
    perArchitecture: 1,
    simulated: 3,
  });
  const { storage, now } = lab.lab.workbench;
  const { spec } = storage.studies.byName(name) ?? expect.fail('no study');
  const architectures: Readonly<Record<string, object>> = { ...smallModels, vit: { ...smallModels.vit, patch: 4 } };
  const small = (recipe: (typeof spec.models)[number]['recipe']): object => ({
    ...recipe,
    ...quick,
    architecture: architectures[recipe.architecture.kind],
  });
  const models = spec.models.map((model) => ({ ...model, recipe: small(model.recipe) }));
  storage.studies.put(
    name,
    studySchema.parse({ ...spec, models, reference: models[0] && { recipe: models[0].recipe, seed: 1 } }),
    now(),
  );
  await run(lab, name);
  await lab.lab.close();
  return { dataFolder: lab.dataFolder, studies: [name] };
}

/** A sweep of which one level cannot learn. */
async function failedSweep(): Promise<MadeStudy> {
  const lab = openLab();
  const study = addSmallStudy(lab);
  const base = {
    ...quick,
    batch: 32,
    architecture: { kind: 'mlp' as const, hidden: [8] },
    targets: [96],
    tolerance: 3,
    maxEpochs: 3,
  };
  const [mlp] = (smallStudy() as { models: { recipe: object }[] }).models;
  const sweep = {
    name: 'rate',
    base: { ...mlp?.recipe, ...base },
    factors: [{ of: 'optimiser.stepSize', levels: [1e-3, 2e-3, 1e-8].map((value) => ({ value })) }],
    seeds: 2,
  };
  await lab.client.effects.putSweep({ study, sweep: sweep as never });
  await run(lab, study);
  await lab.lab.close();
  return { dataFolder: lab.dataFolder, studies: [study] };
}

/** Its host was killed in the midst of two trainings, after one had ended. */
async function killed(): Promise<MadeStudy> {
  const lab = openLab();
  const long = {
    architecture: smallModels.mlp,
    optimiser: { stepSize: 1e-9 },
    batch: 32,
    targets: [99.5],
    tolerance: 0.5,
  };
  const [done] = (smallStudy() as { models: object[] }).models;
  const study = addSmallStudy(lab, {
    models: [
      done,
      ...['Long1', 'Long2'].map((name, seed) => ({
        name,
        group: 'diverse',
        recipe: { ...long, maxEpochs: 10_000 },
        seed,
      })),
    ],
  });
  await lab.lab.close();
  const host = await callHost(lab.dataFolder);
  await host.client.work.start({ study, goal: 'models' });
  for await (const _ of await host.client.changes.listen({ after: null })) {
    const { rows } = await host.client.runs.table({ study });
    if (rows.filter(({ state, progress }) => state === 'running' && (progress?.done ?? 0) > 0).length === 2) break;
  }
  host.process.kill('SIGKILL');
  host.close();
  await host.ended;
  return { dataFolder: lab.dataFolder, studies: [study] };
}

async function halfLabeled(): Promise<MadeStudy> {
  const { dataFolder } = await sampleWithSessions();
  return { dataFolder, studies: [withSessions] };
}

const cifarFolder = dirname(
  process.env.BOUNDARY_CIFAR10H ?? join(repository, '..', 'shared', 'data', 'cifar10', 'cifar10h-counts.csv'),
);

/** Test images of CIFAR-10 with the published counts of people, and small networks. */
async function cifar10h(): Promise<MadeStudy> {
  const folder = temporaryFolder();
  const counts: string[] = [];
  for (const [part, perClass] of [['train', 40] as const, ['test', 20] as const]) {
    const zip = readFileSync(join(cifarFolder, `${part}.zip`));
    const isTaken = ({ name }: { name: string }): boolean =>
      Number(/(\d+)\.jpg$/.exec(name)?.[1] ?? perClass) < perClass;
    for (const [name, bytes] of Object.entries(unzipSync(zip, { filter: isTaken }))) {
      mkdirSync(dirname(join(folder, 'set', name)), { recursive: true });
      writeFileSync(join(folder, 'set', name), bytes);
      if (part === 'test') counts.push(name.replace(/^test\//, ''));
    }
  }
  const [head, ...rows] = readFileSync(join(cifarFolder, 'cifar10h-counts.csv'), 'utf8').trim().split('\n');
  const taken = rows.filter((row) => counts.includes(row.split(',')[0] ?? ''));
  writeFileSync(join(folder, 'counts.csv'), `${[head, ...taken].join('\n')}\n`);
  const recipe = (architecture: object): object => ({ architecture, ...quick, batch: 20, targets: [25], tolerance: 5 });
  const spec = {
    ...smallStudy({ name: 'cifar' }),
    title: 'Photographs',
    dataSet: { source: 'folder', name: 'CIFAR-10', path: 'set', channels: 3, width: 32, height: 32 },
    generator: null,
    reference: null,
    stimuli: { source: 'test-images', choose: { kind: 'all' } },
    models: Object.entries(smallModels).map(([name, each], seed) => ({
      name,
      group: 'diverse',
      recipe: recipe(name === 'vit' ? { ...each, patch: 8 } : each),
      seed,
    })),
    labelers: { source: 'none' },
  };
  writeFileSync(join(folder, 'cifar.json'), JSON.stringify(spec));
  const dataFolder = join(folder, 'data');
  for (const words of [
    ['study', 'run', join(folder, 'cifar.json'), '--engine', 'wasm'],
    ['responses', 'import', 'cifar', join(folder, 'counts.csv')],
    ['study', 'run', 'cifar', '--engine', 'wasm'],
  ]) {
    const done = await boundary(['--data', dataFolder, ...words]);
    expect(done, done.stdout + done.stderr).toMatchObject({ code: 0 });
  }
  return { dataFolder, studies: ['cifar'] };
}

/** The sample, and a study in which nothing was done. */
async function sampleAndEmpty(): Promise<MadeStudy> {
  const lab = openLab(await sampleFolder(temporaryFolder()));
  const study = 'empty';
  await lab.client.studies.create({ source: { kind: 'preset', preset: 'quick' }, name: study, title: null });
  await lab.lab.close();
  return { dataFolder: lab.dataFolder, studies: ['sample', study] };
}

/** The studies whose screens have to be free of contradictions, by what is special about them. */
export const studies: Readonly<Record<string, () => Promise<MadeStudy>>> = {
  'the sample and an empty study': sampleAndEmpty,
  'own pictures': ownPictures,
  'a failed sweep': failedSweep,
  'a killed host': killed,
  'half labeled': halfLabeled,
  'CIFAR-10H': cifar10h,
  'a cluster': () => Promise.resolve({ dataFolder: dataOnCluster(), studies: ['bench'] }),
};
