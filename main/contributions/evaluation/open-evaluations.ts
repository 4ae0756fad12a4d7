import { isAccuracy } from '../../domain/numbers/index.ts';
import { modelCollections } from '../../services/declaration/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import type { EvaluationRecord, StudyRecord } from '../../storage/index.ts';
import type { TestAnswersPlan } from './contract.ts';

type Stored = Pick<Workbench, 'storage'>;

/** A network without answers, and how long its evaluation should take, in seconds; null: no pace is known. */
interface OpenEvaluation extends EvaluationRecord {
  seconds: number | null;
}

/** Snapshots in the study's groups of one accuracy, each once: those with answers, to evaluate, and without weights. */
export function evaluationsOf({ storage }: Stored, { id, spec }: StudyRecord) {
  const collections = modelCollections(spec, storage.studies.sections);
  const equal = new Map<string, EvaluationRecord>();
  for (const record of storage.evaluations.ofStudy(id)) {
    if (!isAccuracy(record.target) || collections.has(record.modelName)) continue;
    equal.set(`${record.weights} ${record.dataSet}`, record);
  }
  const all = [...equal.values()];
  const paces = all.flatMap(({ msPerImage }) => msPerImage ?? []);
  const usual = paces.length === 0 ? null : paces.reduce((sum, pace) => sum + pace, 0) / paces.length;
  const missing = all.filter(({ hasAnswers }) => !hasAnswers);
  const open = missing.filter(({ weights }) => storage.blobs.has(weights));
  return {
    networks: all.length,
    withoutWeights: missing.length - open.length,
    open: open.map((record): OpenEvaluation => {
      const images = storage.dataSets.get(record.dataSet)?.testCount ?? record.testCount;
      const pace = record.msPerImage ?? usual;
      return { ...record, seconds: pace === null ? null : (pace * images) / 1000 };
    }),
  };
}

/** How many networks of a study's groups of one accuracy lack answers to the test images, and about how long they take. */
export function planTestAnswers(workbench: Stored, study: StudyRecord): TestAnswersPlan {
  const { networks, withoutWeights, open } = evaluationsOf(workbench, study);
  const known = open.every(({ seconds }) => seconds !== null);
  const seconds = known ? open.reduce((sum, one) => sum + (one.seconds ?? 0), 0) : null;
  return { networks, withoutWeights, open: open.length, seconds };
}
