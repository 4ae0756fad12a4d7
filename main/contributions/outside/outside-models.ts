import type { TableFile } from '../answers/table-kinds.ts';
import { knownAnswers } from '../../analysis/labels/index.ts';
import type { OutsideList } from './schemas.ts';
import type {
  AddedAnswers,
  AnswersMapping,
  AnswersPreview,
  WantedMapping,
} from '../answers/contract/outside-models.ts';
import type { Launcher } from '../../processes/index.ts';
import { type ChangeFeed, findStimuli, findStudy, placesOf, type Workbench } from '../../services/workbench/index.ts';
import type { Uploads } from '../../services/tools/index.ts';
import { declaredDataSet } from '../../services/declaration/index.ts';
import { type OutsideModelRecord, outsideModelsOf } from '../answers/models/outside-models.ts';
import { listFiles, partsOf } from './contract/files.ts';
import { foundFilesSchema } from './contract/outside.ts';
import { addModels } from '../answers/models/add-models.ts';
import { withReading } from '../answers/reading.ts';
import { nameTaken } from '../answers/models/name-taken.ts';
import { notFound } from './refusals.ts';

/** What the services of a host work with. */
export interface OutsideTools {
  readonly workbench: Workbench;
  readonly changes: ChangeFeed;
  readonly uploads: Uploads;
  readonly launcher: Launcher;
}

/** The outside models of a study, by name. @throws UserError `study.not-found` */
export function listOutsideModels(workbench: Workbench, studyName: string): OutsideList {
  const study = findStudy(workbench, studyName);
  const set = findStimuli(workbench, study.id);
  return {
    models: outsideModelsOf(workbench.storage)
      .ofStudy(study.id)
      .map((model) => ({
        id: model.id,
        name: model.name,
        kind: model.kind,
        files: filesOf(model),
        identity: model.identity,
        tested: model.tested,
        answers: model.prediction && knownAnswers(model.prediction),
        canPredict: model.canPredict,
        addedAt: new Date(model.linkedAt).toISOString(),
      })),
    missing: {
      table: set ? null : 'The study has no frozen stimuli yet. A table of answers is about these.',
      model: declaredDataSet(workbench, study)
        ? null
        : 'The study’s images have not been read yet, and a model is checked on them. The first training reads them.',
    },
    classes: [...(set?.classes ?? [])],
    images: set?.images.length ?? 0,
  };
}

function filesOf({ found }: OutsideModelRecord): OutsideList['models'][number]['files'] {
  const files = foundFilesSchema.safeParse(found).data;
  return files
    ? listFiles(partsOf(files))
        .flat()
        .map(({ name, hash }) => ({ name, hash }))
    : [];
}

type TableTools = Pick<OutsideTools, 'workbench' | 'launcher'>;

/** @throws UserError `csv.*`, `parquet.*`, `outside.*`, `upload.gone`, `study.not-found`, `labeling.no-stimuli` */
export const previewAnswers = (
  tools: OutsideTools,
  study: string,
  upload: string,
  wanted: WantedMapping,
): Promise<AnswersPreview> => tools.uploads.use(upload, (file) => previewAnswersIn(tools, study, file, wanted));

/** Previews a file of the command line's user. */
export const previewAnswersIn = (
  { workbench, launcher }: TableTools,
  study: string,
  { path, name }: TableFile,
  wanted: WantedMapping,
): Promise<AnswersPreview> =>
  withReading({ workbench, launcher }, (reading) =>
    reading.ask('previewAnswers', { ...placesOf(workbench), path, name, study, wanted }, { path, name }),
  );

/**
 * Adds the models of a table to a study, all or none; what the table says is stored with them.
 * @throws UserError `csv.*`, `parquet.*`, `outside.*`, `upload.gone`, `study.not-found`, `labeling.no-stimuli`
 */
export async function addAnswers(
  tools: OutsideTools,
  study: string,
  upload: string,
  mapping: AnswersMapping,
): Promise<AddedAnswers> {
  const added = await tools.uploads.use(upload, (file) => addAnswersFrom(tools, study, file, mapping));
  tools.uploads.discard(upload);
  notify(tools.changes);
  return added;
}

/** Adds the answers in a file of the command line's user. */
export async function addAnswersFrom(
  { workbench, launcher }: TableTools,
  study: string,
  { path, name }: TableFile,
  mapping: AnswersMapping,
): Promise<AddedAnswers> {
  const asked = { ...placesOf(workbench), path, name, study, mapping };
  const read = await withReading({ workbench, launcher }, (reading) =>
    reading.ask('readAnswers', asked, { path, name }),
  );
  return addModels(workbench, findStudy(workbench, study), name, read);
}

/** The study has other models, whom the screen of stimuli may ask too. */
export const notify = (changes: ChangeFeed): void => {
  notifyAnswers(changes);
  changes.publish('stimuli');
};

/** The models of the study have answered more. */
export const notifyAnswers = (changes: ChangeFeed): void => {
  changes.publish('predictions');
  changes.publish('studies');
};

/** Takes models out of a study, by the ids of their places. @throws UserError `study.not-found`, `outside.not-found` */
export function removeOutsideModels(
  { workbench, changes }: ForPlaces,
  studyName: string,
  ids: readonly number[],
): void {
  const { storage, now } = workbench;
  const study = findStudy(workbench, studyName);
  storage.transaction(() => {
    if (outsideModelsOf(storage).unlink(study.id, ids, now()) < new Set(ids).size) throw notFound(studyName);
  });
  if (changes) notify(changes);
}

interface ForPlaces {
  readonly workbench: Workbench;
  readonly changes?: ChangeFeed;
}

/** Brings models back that were taken out. @throws UserError `study.not-found`, `outside.name-taken` */
export function restoreOutsideModels(
  { workbench, changes }: ForPlaces,
  studyName: string,
  ids: readonly number[],
): void {
  const { storage } = workbench;
  const study = findStudy(workbench, studyName);
  storage.transaction(() => {
    if (outsideModelsOf(storage).relink(study.id, ids) < new Set(ids).size) throw nameTaken([], studyName);
  });
  if (changes) notify(changes);
}

/** Ids of the places of models, by their names. @throws UserError `study.not-found`, `outside.not-found` */
export function outsideModelIds(workbench: Workbench, studyName: string, names: readonly string[]): number[] {
  const models = outsideModelsOf(workbench.storage).ofStudy(findStudy(workbench, studyName).id);
  return names.map((name) => {
    const found = models.find((model) => model.name === name);
    if (!found) throw notFound(name);
    return found.id;
  });
}
