import type { Study } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { runKey } from '../../domain/run-key.ts';
import type { DataSetRecord, StudyRecord, StudyRun } from '../../storage/index.ts';
import { planTraining } from './plan.ts';
import type { Workbench } from '../tools/workbench.ts';

/** Studies with thousands of models take some milliseconds to plan, and are looked at several times a second. */
const kept = 8;
const plans = new Map<string, ReadonlyMap<string, string>>();

/** Key of the run that the study's declaration asks for in each place that depends on nothing but the data set. */
export function expectedKeys(study: Study, dataSetHash: string): ReadonlyMap<string, string> {
  const id = `${dataSetHash} ${canonicalJson(study)}`;
  const known = plans.get(id);
  if (known) return known;
  const engine = study.engine === 'auto' ? null : study.engine;
  const keys = new Map(planTraining(study, dataSetHash).map(({ role, task }) => [role, runKey(task, engine)]));
  plans.set(id, keys);
  for (const old of [...plans.keys()].slice(0, -kept)) plans.delete(old);
  return keys;
}

/** The data set that the study's runs were made with, or one that is known and that the study declares. */
export function dataSetOf(
  { storage }: Workbench,
  { spec }: StudyRecord,
  links: readonly StudyRun[],
): DataSetRecord | undefined {
  const trained = links.find(({ kind }) => kind === 'classifier' || kind === 'generator');
  const task = trained && storage.runs.get(trained.runId)?.task;
  const used = task && 'dataSetHash' in task ? storage.dataSets.get(task.dataSetHash) : undefined;
  if (used) return used;
  const declared = canonicalJson(spec.dataSet);
  return storage.dataSets.list().find(({ source }) => canonicalJson(source) === declared);
}
