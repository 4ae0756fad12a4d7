import type { AddedAnswers, AnswersSpec } from '../contract/outside-models.ts';
import type { StoredModelAnswers } from '../contract/models.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { sha256 } from '../../../files/index.ts';
import type { StudyRecord } from '../../../storage/index.ts';
import { nameTaken } from './name-taken.ts';
import { outsideModelsOf } from './outside-models.ts';
import { findStimuli, type Workbench } from '../../../services/workbench/index.ts';

interface StoredTable extends Pick<AddedAnswers, 'unknown' | 'notes'> {
  set: string;
  models: readonly StoredModelAnswers[];
}

/** All models of a table, or none. @throws UserError `outside.*` */
export function addModels(workbench: Workbench, study: StudyRecord, file: string, read: StoredTable): AddedAnswers {
  const { storage, now } = workbench;
  const { set, models, unknown, notes } = read;
  const known = storage.transaction(() => {
    // Reading took time: the stimuli may be others, and a model of the same name may have come.
    const current = findStimuli(workbench, study.id);
    if (current?.hash !== set) throw otherStimuli(file);
    const outsideModels = outsideModelsOf(storage);
    const before = refuseTakenNames(workbench, study, read);
    const added = models
      .filter(({ name }) => !before.has(name))
      .map((model) => ({ model, spec: specOf(model, set) }))
      .map(({ model, spec }) => ({ model, spec, identity: sha256(canonicalJson(spec)) }));
    for (const { model, spec, identity } of added) {
      const { name, labels, softmax, confidence, tested } = model;
      const modelId = outsideModels.put({ identity, kind: 'table', spec, found: { file } }, now());
      const answers = { labels, softmax, confidence, setHash: set };
      const size = { count: current.images.length, classes: current.classes.length };
      outsideModels.putPrediction(modelId, { ...answers, ...size }, now());
      const counted = tested && { ...tested, accuracy: (100 * (tested.images - tested.errors)) / tested.images };
      outsideModels.link(study.id, modelId, { name, tested: counted }, now());
    }
    return models.length - added.length;
  });
  return { models: models.map(({ name }) => name), known, unknown, notes: [...notes] };
}

/** Gives the names of the study's models. @throws UserError `outside.name-taken` where it has other models of these names */
export function refuseTakenNames(
  { storage }: Workbench,
  study: StudyRecord,
  { set, models }: StoredTable,
): ReadonlySet<string> {
  const before = new Map(
    outsideModelsOf(storage)
      .ofStudy(study.id)
      .map(({ name, identity }) => [name, identity]),
  );
  const others = models.filter(
    (model) => ![undefined, sha256(canonicalJson(specOf(model, set)))].includes(before.get(model.name)),
  );
  if (others.length === 0) return new Set(before.keys());
  throw nameTaken(
    others.map(({ name }) => name),
    study.name,
  );
}

const specOf = ({ name, labels, softmax, confidence }: StoredModelAnswers, set: string): AnswersSpec => ({
  kind: 'table',
  name,
  set,
  labels,
  ...(softmax !== null && { softmax }),
  ...(confidence !== null && { confidence }),
});

const otherStimuli = (file: string): UserError =>
  new UserError('outside.table', 'The stimuli have changed in the meantime', file, 'Add the table again.');
