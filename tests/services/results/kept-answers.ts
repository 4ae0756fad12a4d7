import { offered } from '../../calls.ts';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, vi } from 'vitest';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { queueModels } from '../../../main/services/queue/queue.ts';
import { loadResults } from '../../../main/services/results/contributed-results.ts';
import { AnswerCache, type AnsweredCall } from '../../../main/services/results/answers.ts';
import { answer, ResultsService } from '../../../main/services/results/service.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { openSample, sampleFolder } from '../report/sample-lab.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { madeUpEvaluation } from '../runs/made-up-evaluation.ts';

/** The study that answers are about. */
export const study = 'sample';

/** A question, and its input. */
export type Asked = readonly [call: AnsweredCall, input: unknown];

const resources = join(repository, 'resources');
const contributed = await loadResults(offered.resultModules ?? []);

/** The sample study. Every answer about it takes long by the clock, so that it is kept on disk. */
export async function openKept() {
  const folder = temporaryFolder();
  const workbench = openSample(await sampleFolder(folder));
  onTestFinished(() => {
    workbench.storage.close();
    vi.restoreAllMocks();
  });
  const cache = new AnswerCache(join(folder, 'answers'), () => 'a version');
  const start = () => new ResultsService(workbench.storage, resources, contributed);
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
  return { workbench, cache, start };
}

/** As a page gets it; what is refused is told by its code. */
function told(ask: () => unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(ask()));
  } catch (error) {
    return { refused: (error as { code?: string }).code ?? String(error) };
  }
}

/** Queues networks of another architecture and target, as the screen Models does. */
export async function queueResNets(workbench: Workbench, seed: number): Promise<void> {
  const { spec } = findStudy(workbench, study);
  const recipe = { architecture: { kind: 'resnet' }, targets: [99], maxEpochs: 3 };
  const added = [0, 1, 2, 3].map((n) => ({
    name: `ResNet${seed}-${n}`,
    group: 'diverse',
    recipe,
    seed: seed * 10 + n,
  }));
  const { storage, now } = workbench;
  storage.studies.put(study, studySchema.parse({ ...spec, models: [...spec.models, ...added] }), now());
  await queueModels(workbench, findStudy(workbench, study));
}

/** Changes of what results read, each at the `n`th of what it can be made to. */
export const changes: Readonly<Record<string, (workbench: Workbench, n: number) => void | Promise<void>>> = {
  'a label': ({ storage, now }, n) => {
    const { id } = findStudy({ storage }, study);
    const labelers = storage.labelers.ofStudy(id);
    const setHash = storage.studies.stimuli(id) ?? '';
    const labelerId = labelers[n % labelers.length]?.id ?? 0;
    storage.responses.addIfNew({ setHash, imageId: n % 160, labelerId, label: n % 10, source: 'csv:test' }, now());
  },
  'who counts': ({ storage, now }, n) => {
    const { id } = findStudy({ storage }, study);
    const ids = storage.labelers.allPeople(id).map((labeler) => labeler.id);
    storage.studies.useLabelers(
      id,
      ids.filter((_, place) => place % 5 !== n % 5),
      now(),
    );
  },
  'a run queued': queueResNets,
  'a run ended': ({ storage, now }, n) => {
    const open = storage.studyRuns.list(findStudy({ storage }, study).id).filter(({ state }) => state === 'queued');
    const run = open[n % Math.max(1, open.length)];
    if (run) storage.runs.cancel(run.runId, now());
  },
  'a network removed': ({ storage, now }, n) => {
    const { id } = findStudy({ storage }, study);
    const roles = storage.studyRuns.list(id).map(({ role }) => role);
    storage.studyRuns.keepOnly(
      id,
      roles.filter((_, place) => place !== n % roles.length),
      now(),
    );
  },
  'the declaration': ({ storage, now }, n) => {
    const { spec } = findStudy({ storage }, study);
    const models = n % 2 === 0 ? spec.models.slice(0, -1) : spec.models;
    storage.studies.put(study, studySchema.parse({ ...spec, title: `Title ${n}`, models }), now());
  },
  'another study': ({ storage, now }, n) => {
    const { id, spec } = findStudy({ storage }, study);
    const twin = storage.studies.put('twin', studySchema.parse({ ...spec, name: 'twin', title: `Twin ${n}` }), now());
    storage.studies.useStimuli(twin, storage.studies.stimuli(id) ?? '', now());
    for (const { role, runId, model } of storage.studyRuns.list(id).slice(n % 3))
      storage.studyRuns.link(twin, role, runId, model, now());
  },
  'answers to test images': ({ storage, now }, n) => {
    const records = storage.evaluations.ofStudy(findStudy({ storage }, study).id);
    const record = records[n % Math.max(1, records.length)];
    if (record) storage.evaluations.put(record.weights, record.dataSet, madeUpEvaluation(`${n}`), now());
  },
  'a note, tags and an archived run': ({ storage }, n) => {
    const ids = storage.studyRuns.list(findStudy({ storage }, study).id).map(({ runId }) => runId);
    const run = ids[n % Math.max(1, ids.length)] ?? 0;
    storage.runNotes.setNote(run, `Note ${n}`);
    storage.runNotes.tag([run], { add: [`tag-${n}`], remove: [] });
    storage.runNotes.setArchived([run], n % 2 === 0);
  },
  'the images': ({ storage, now }, n) => {
    const { id } = findStudy({ storage }, study);
    const setHash = storage.studies.stimuli(id);
    if (setHash !== undefined && n % 4 === 0) storage.studies.dropStimuli(id, now());
  },
};

/** Whether kept answers to all of these equal fresh ones after two of the changes, this one first. */
export async function stayFresh(name: string, all: readonly Asked[]): Promise<void> {
  const { workbench, cache, start } = await openKept();
  const results = start();
  await fc.assert(
    fc.asyncProperty(fc.nat(1000), fc.constantFrom(...Object.keys(changes)), async (n, other) => {
      for (const [call, input] of all) told(() => answer(results, cache, call, input));
      for (const change of new Set([name, other])) await changes[change]!(workbench, n);
      const fresh = start();
      for (const [call, input] of all) {
        const work = fresh[call].bind(fresh) as (input: unknown) => unknown;
        const expected = told(() => work(input));
        expect([call, input, told(() => answer(results, cache, call, input))]).toEqual([call, input, expected]);
      }
    }),
    { numRuns: 2, endOnFailure: true },
  );
}

/** Whether these are told again by another process without being computed. */
export async function areToldAgain(all: readonly Asked[]): Promise<void> {
  const { cache, start } = await openKept();
  const first = start();
  const answers = all.map(([call, input]) => told(() => answer(first, cache, call, input)));
  const second = start();
  const computed: string[] = [];
  const record = second.reads.record.bind(second.reads);
  second.reads.record = (work) => {
    computed.push(String(work));
    return record(work);
  };
  expect(all.map(([call, input]) => told(() => answer(second, cache, call, input)))).toEqual(answers);
  expect(computed).toEqual([]);
}
