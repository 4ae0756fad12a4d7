import type { z } from 'zod';
import type { AdditionPlan, additionSchema } from '../../contract/api/models.ts';
import type { ModelsSpec, Study } from '../../contract/study.ts';
import { UserError } from '../../contract/errors.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { checkWhole } from '../declaration/check-study.ts';
import { identities } from '../declaration/plan.ts';
import type { Workbench } from '../tools/workbench.ts';
import { dataSetOf } from '../declaration/data-set-of.ts';
import { draftModels } from './draft-models.ts';
import { estimator } from '../estimates/past-runs.ts';
import { findRun } from '../tools/find-run.ts';
import { plannedModels, queueModels } from './queue-models.ts';

type Addition = z.infer<typeof additionSchema>;

const shownNames = 200;

/**
 * What an addition would make of a study.
 * @throws UserError `study.not-found`, `study.invalid`, `models.*`
 */
export function planModels(lab: Lab, addition: Addition): AdditionPlan {
  const study = findStudy(lab.bench, addition.study);
  return describe(lab, study, withModels(lab.bench, study, addition));
}

/**
 * Adds models to a study. Where its data set is known they are queued at once, so that workers that are at the study
 * take them up; otherwise its next start does that.
 * @throws UserError `study.not-found`, `study.invalid`, `models.*`; nothing is changed then.
 */
export function addModels(lab: Lab, addition: Addition): AdditionPlan {
  const { bench, work, changes } = lab;
  const study = findStudy(bench, addition.study);
  const spec = withModels(lab.bench, study, addition);
  const plan = describe(lab, study, spec);
  const queued = bench.storage.transaction(() => {
    bench.storage.studies.put(study.name, spec, bench.now());
    return queueModels(bench, { ...study, spec });
  });
  changes.tell('studies');
  changes.tell('runs', queued);
  // What is at work now ends with what it knew at its start; the next stretch goes on with the new ones.
  if (work.study === study.name) work.start(study.name, 'models');
  return plan;
}

function withModels(bench: Workbench, { name, spec }: StudyRecord, { entries, grid, clones }: Addition): Study {
  const wanted = [...entries, ...clones.map((id) => cloneOf(bench, id))];
  const drafted = draftModels(spec.models, { entries: wanted, grid });
  if (drafted.length === 0) throw nothing(name);
  return checkWhole({ ...spec, models: [...spec.models, ...drafted] }, `study ${name}`);
}

/** One more run of a run's recipe; drafting gives it the next free name and seed. */
function cloneOf(bench: Workbench, id: number): ModelsSpec {
  const { task, label } = findRun(bench, id);
  if (task.kind !== 'classifier') throw notModel(label);
  const name = label.replace(/-(r\d+-)?s\d+$/, '');
  return { name, group: 'diverse', recipe: task.recipe, seed: task.seed, seeds: 1, repeats: 1 };
}

function describe(lab: Lab, study: StudyRecord, spec: Study): AdditionPlan {
  const { bench, settings } = lab;
  const entries = spec.models.slice(study.spec.models.length);
  const estimate = estimator(lab, dataSetOf(bench, study));
  const names = new Set(entries.flatMap((entry) => identities(entry).map(({ name }) => name)));
  const done = plannedModels(bench, { ...study, spec: { ...spec, models: entries } }, () => true).filter(
    ({ key }) => bench.storage.runs.byKey(key)?.state === 'done',
  );
  const known = new Set(done.flatMap(({ model }) => model?.name ?? []));
  const { workers } = settings.get();
  let [seconds, bytes, longest] = [0, 0, 0];
  let timeFrom: AdditionPlan['timeFrom'] = 'runs';
  for (const entry of entries) {
    const one = estimate(entry.recipe);
    const left = identities(entry).filter(({ name }) => !known.has(name)).length;
    seconds += left * one.seconds;
    bytes += left * one.bytes;
    longest = Math.max(longest, left > 0 ? one.seconds : 0);
    if (one.from === 'measurements') timeFrom = 'measurements';
  }
  return {
    ...{ entries, runs: names.size, known: known.size, timeFrom, bytes, workers },
    names: [...names].slice(0, shownNames),
    seconds: Math.max(seconds / workers, longest),
  };
}

function nothing(name: string): UserError {
  return new UserError({
    code: 'models.nothing',
    what: 'There is nothing to add',
    where: `study ${name}`,
    remedy: 'Choose a preset, or give the grid at least one value of each kind.',
  });
}

function notModel(label: string): UserError {
  return new UserError({
    code: 'models.not-a-model',
    what: 'Only trainings of networks can be cloned',
    where: label,
    remedy: 'Choose models in the table.',
  });
}
