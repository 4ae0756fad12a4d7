import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { modelCollections, planTraining } from '../../../main/services/declaration/plan.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallStudy } from '../study/small-study.ts';

test('sections that nothing reads stay as they stand, plan nothing, and their models stay apart', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const workbench = openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder });
  const sweeps = [{ name: 'of a later version', unknown: [1, { b: 2, a: null }] }];
  const spec = studySchema.parse({ ...smallStudy({ name: 'swept' }), sweeps });
  workbench.storage.studies.put('swept', spec, 1);
  workbench.storage.studies.put('plain', studySchema.parse(smallStudy({ name: 'plain' })), 1);
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  expect(lab.notices).toEqual([
    'This version lacks what plans trainings of “sweeps” in swept. The declaration and what was trained are kept.',
  ]);
  const stored = workbench.storage.studies.byName('swept')?.spec;
  expect(JSON.stringify(stored?.sweeps)).toBe('[{"name":"of a later version","unknown":[1,{"a":null,"b":2}]}]');
  const { sections } = workbench.storage.studies;
  const plain = planTraining(studySchema.parse(smallStudy()), '', sections).map(({ role }) => role);
  expect(planTraining(spec, '', sections).map(({ role }) => role)).toEqual(plain);
  const collections = modelCollections(spec, sections);
  expect(['MLP1', 'of a later version-8-s0'].map((name) => collections.get(name))).toEqual([undefined, 'sweeps']);
  expect(collections.has('of a later version-8-s0')).toBe(true);
  expect(modelCollections(studySchema.parse(smallStudy()), sections).has('unknown')).toBe(false);
  await lab.close();
});
