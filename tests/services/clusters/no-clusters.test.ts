import { expect, test } from 'vitest';
import { changePlaceOfRuns, changePlaceOfStudy, placeOfStudy } from '../../../main/services/clusters/place.ts';
import type { Facts } from '../../../main/services/pipeline/facts.ts';
import { workOn } from '../../../main/services/pipeline/work.ts';
import { waitingWords } from '../../../main/services/workbench/clusters.ts';
import { classifierTask, environment, newRun } from '../../executors/counting-tasks.ts';
import { putOnCluster, study } from '../../storage/records.ts';
import { openLab } from '../lab/lab-helper.ts';

/** A study with a run that a cluster has and one that goes there, in a program that offers no clusters. */
function withoutClusters() {
  const { workbench, changes } = openLab().lab;
  const { storage } = workbench;
  const id = storage.studies.put('own', { ...study('own'), name: 'own' }, 1);
  const ids = [1, 2].map((seed) => {
    const run = storage.runs.ensure(newRun(classifierTask(seed)), 1).id;
    const model = { modelName: 'm', group: 'diverse', repeat: 0, seed } as const;
    storage.studyRuns.link(id, `models/${seed}`, run, model, 1);
    return run;
  });
  storage.placements.placeStudy(id, 'lab');
  putOnCluster(storage, ids[0] ?? 0, 'lab');
  return { tools: { workbench: { ...workbench, clusters: [] }, changes }, storage, id, ids };
}

test('without what does runs on clusters, they stay there, a step says so, and those not given to a job come back', () => {
  const { tools, storage, id, ids } = withoutClusters();
  expect(placeOfStudy(tools, 'own')).toEqual({ place: 'lab', clusters: [] });
  const facts = { workbench: tools.workbench, links: storage.studyRuns.list(id), jobs: [], pause: null };
  expect(workOn(facts as unknown as Facts, /^models/, [])).toEqual({
    state: 'queued',
    reasons: [expect.stringMatching(/^This version of the program cannot reach lab\./)],
  });
  expect(waitingWords([], { state: 'pending', reason: 'Priority' })).toBeNull();
  expect(changePlaceOfStudy(tools, 'own', null)).toEqual({ moved: 2, staying: 0 });
  const links = storage.studyRuns.list(id);
  expect(links.map(({ runId, place, there }) => [runId, place, there?.cluster])).toEqual([
    [ids[0], null, 'lab'],
    [ids[1], null, undefined],
  ]);
  expect(storage.runs.claimNext(['wasm'], environment, 3)?.id).toBe(ids[1]);
  expect(storage.runs.claimNext(['wasm'], environment, 3)).toBeNull();
});

test('nothing can be sent to a cluster that the program does not know', () => {
  const { tools, ids } = withoutClusters();
  const refusal = expect.objectContaining({ code: 'cluster.not-found' });
  expect(() => changePlaceOfStudy(tools, 'own', 'lab')).toThrow(refusal);
  expect(() => changePlaceOfRuns(tools, 'own', ids, 'lab')).toThrow(refusal);
});
