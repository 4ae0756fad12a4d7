import { canonicalJson } from '../../domain/canonical-json.ts';
import type { DataSetRecord, StudyRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';

/** The data set of a study, if it has been read before: as the study's runs know it, else from the same place. */
export function dataSetOf({ storage }: Workbench, { id, spec }: StudyRecord): DataSetRecord | undefined {
  const source = canonicalJson(spec.dataSet);
  for (const { runId, kind } of storage.studyRuns.list(id)) {
    if (kind !== 'classifier' && kind !== 'generator') continue;
    const task = storage.runs.get(runId)?.task;
    if (task && 'dataSetHash' in task && canonicalJson(task.dataSet) === source) {
      return storage.dataSets.get(task.dataSetHash);
    }
  }
  return storage.dataSets.list().find((known) => canonicalJson(known.source) === source);
}
