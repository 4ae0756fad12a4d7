import { expect, test } from 'vitest';
import { changePlaceOfRuns, changePlaceOfStudy, placeOfStudy } from '../../../main/services/clusters/place.ts';
import type { Facts } from '../../../main/services/pipeline/facts.ts';
import { workOnClusters } from '../../../main/services/pipeline/on-clusters.ts';
import { waitingWords } from '../../../main/services/tools/clusters.ts';
import { classifierTask, newRun } from '../../executors/counting-tasks.ts';
import { study } from '../../storage/records.ts';
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
  storage.placements.take('pack', { engine: 'wasm', studyId: id, roles: null, place: 'lab', limit: 1 }, 1, 2);
  return { tools: { workbench: { ...workbench, clusters: [] }, changes }, storage, id, ids };
}

test('without what does runs on clusters, they stay there, a step says so, and those not given to a job come back', () => {
  const { tools, storage, id, ids } = withoutClusters();
  expect(placeOfStudy(tools, 'own')).toEqual({ place: 'lab', clusters: [] });
  const facts = { workbench: tools.workbench, links: storage.studyRuns.list(id) } as unknown as Facts;
  expect(workOnClusters(facts, /^models/, true)?.reasons).toEqual([
    expect.stringMatching(/^This version of the program cannot reach lab\./),
    '1 queued on lab; 1 run to be submitted there.',
  ]);
  expect(waitingWords([], { state: 'pending', reason: 'Priority' })).toBeNull();
  expect(changePlaceOfStudy(tools, 'own', null)).toEqual({ moved: 2, staying: 0 });
  const wanted = { engine: 'wasm', studyId: id, roles: null, place: 'lab', limit: 9 } as const;
  expect(storage.placements.take('next', wanted, 1, 3)).toEqual([]);
  expect(ids.map((run) => storage.placements.get(run)?.toStop)).toEqual([true, undefined]);
});

test('nothing can be sent to a cluster that the program does not know', () => {
  const { tools, ids } = withoutClusters();
  const refusal = expect.objectContaining({ code: 'cluster.not-found' });
  expect(() => changePlaceOfStudy(tools, 'own', 'lab')).toThrow(refusal);
  expect(() => changePlaceOfRuns(tools, 'own', ids, 'lab')).toThrow(refusal);
});
