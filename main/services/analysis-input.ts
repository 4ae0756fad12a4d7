import type { AnalysisInput, ModelInput } from '../analysis/input.ts';
import { missing } from '../analysis/labels.ts';
import type { LabelTable, ModelRecord, StimulusSetRecord } from '../storage/index.ts';
import { labelerNames } from './labels/people.ts';
import { architectureNames, snapshotName } from './declaration/plan.ts';
import type { Workbench } from './tools/workbench.ts';

/** A compared model with its softmax on every stimulus. */
export interface PredictingModel {
  record: ModelRecord;
  input: ModelInput;
  /** [images], by id. */
  labels: Uint16Array;
  /** [images, classes]. */
  softmax: Float32Array;
}

/** Everything that is known about a study's stimuli: what people and networks said. */
export interface StudyData {
  set: StimulusSetRecord;
  models: PredictingModel[];
  humans: LabelTable;
  input: AnalysisInput;
}

/**
 * Reads a study's labels and predictions from the store. Null while it has no frozen stimuli.
 * @param wanted only models that it is true for.
 */
export function readStudyData(
  bench: Workbench,
  studyId: number,
  wanted: (model: ModelRecord) => boolean = () => true,
): StudyData | null {
  const { storage } = bench;
  const setHash = storage.studies.stimuli(studyId);
  const set = setHash === undefined ? undefined : storage.stimulusSets.get(setHash);
  if (!set) return null;
  const models = storage.models
    .ofStudy(studyId)
    .filter(wanted)
    .flatMap((record) => readModel(bench, record));
  const humans = storage.responses.table(studyId, set.hash);
  return { set, models, humans, input: toInput(set, models, humans) };
}

function readModel({ storage }: Workbench, record: ModelRecord): PredictingModel[] {
  if (!record.prediction) return [];
  const labels = storage.blobs.get(record.prediction.labels);
  const softmax = storage.blobs.get(record.prediction.softmax);
  return [
    {
      record,
      input: {
        name: snapshotName(record.modelName, record.target),
        architecture: architectureNames[record.architecture],
        target: record.target,
        repeat: record.group === 'seeds' ? record.repeat : null,
        seed: record.group === 'seeds' ? record.seed : null,
      },
      labels: new Uint16Array(Uint8Array.from(labels).buffer),
      softmax: new Float32Array(Uint8Array.from(softmax).buffer),
    },
  ];
}

function toInput(set: StimulusSetRecord, models: readonly PredictingModel[], humans: LabelTable): AnalysisInput {
  const count = set.images.length;
  const classes = set.classes.length;
  const modelLabels = new Int16Array(models.length * count);
  const softmax = new Float32Array(models.length * count * classes);
  models.forEach((model, index) => {
    modelLabels.set(model.labels, index * count);
    softmax.set(model.softmax, index * count * classes);
  });
  const humanLabels = Int16Array.from(humans.labels.flat(), (label) => label ?? missing);
  return {
    images: set.images.map(({ id, pairI, pairJ, alpha }) => ({ id, pairI, pairJ, alpha })),
    classes,
    labelers: labelerNames(humans.labelers),
    humanLabels,
    models: models.map((model) => model.input),
    modelLabels,
    softmax,
  };
}
