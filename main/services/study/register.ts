import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../contract/wire/errors.ts';
import type { Study } from '../../contract/studies/study.ts';
import { checkGenerator, checkRecipe } from '../../domain/networks/trainable.ts';
import { excessOf, isDesigned, ownGenerator } from '../../domain/plans/declaration.ts';
import { sourceName } from '../../domain/data/data-sources.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { checkDesign } from '../../domain/anchors/pair-design.ts';
import { modelEntries, type Sections, sectionsOf } from '../../domain/plans/model-entries.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { Storage } from '../../storage/open.ts';
import { readShipped, type ShippedGenerator } from '../generators/shipped.ts';
import { refuseTwin } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { generatedProvenanceSchema } from './stimuli.ts';
import { absoluteDataSet, trainingImages } from '../declaration/data-set.ts';
import { identities } from '../declaration/plan.ts';
import type { StudyFile } from '../declaration/study-file.ts';

export interface RegisteredStudy {
  readonly id: number;
  readonly study: Study;
  readonly folder: string;
  readonly dataSet: DataSetRecord;
  readonly shipped: ShippedGenerator | null;
}

/**
 * Stores the study with its data set. Mistakes that can be found at this point are refused now, not after hours of
 * training.
 * @param dataSet as it was read from its files
 * @throws UserError if the data set cannot be read, the name differs from another's in capitals only, the study does not
 * fit it, or it asks for other stimuli than those that sessions have begun with (`stimuli.has-labels`); nothing is
 * stored then.
 */
export function registerStudy(
  { storage, now, resources }: Workbench,
  file: StudyFile,
  dataSet: DataSetRecord,
): RegisteredStudy {
  const declared: Study = { ...file.study, dataSet: absoluteDataSet(file.study.dataSet, file.folder) };
  const { sections } = storage.studies;
  const stored = storage.studies.byName(declared.name)?.spec;
  const study = sectionsOf(declared, stored ? sections : []).reduce<Study>(
    (made, { keepMade }) => (stored && keepMade ? keepMade(made, stored) : made),
    declared,
  );
  const record = { ...dataSet, source: study.dataSet };
  if (isDesigned(study.stimuli)) checkDesign(study.stimuli.design, record.classes.length);
  checkSize(study, record.classes.length, sections);
  checkTrainable(study, record, sections);
  checkLabels(study, file.folder);
  checkRecipes(study, record, storage);
  const shipped = loadShipped(study, resources);
  const id = storage.transaction(() => {
    refuseTwin(storage, study.name);
    storage.dataSets.put(record, now());
    const before = storage.studies.byName(study.name)?.spec;
    const studyId = storage.studies.put(study.name, study, now());
    // Until the new ones are frozen, the study has none: its report must not show the old ones as those of this spec.
    const changed = before !== undefined && whatMakesStimuli(before) !== whatMakesStimuli(study);
    const set = storage.studies.stimuli(studyId);
    if (set !== undefined && storage.labeling.sessions.hasStartedOn(studyId, set)) {
      // Otherwise people would go on labeling images that the study no longer has.
      if (changed) throw hasSessions(study.name);
    } else if (changed || isOutdated(storage, studyId, shipped)) storage.studies.dropStimuli(studyId, now());
    return studyId;
  });
  return { id, study, folder: file.folder, dataSet: record, shipped };
}

const hasSessions = (name: string): UserError =>
  new UserError(
    'stimuli.has-labels',
    'Labeling sessions have begun with the stimuli of this study, so they stay as they are',
    `study ${name}`,
    'Give the study file another name; the sessions and their labels stay with this one.',
  );

function loadShipped({ generator, stimuli }: Study, resources: string): ShippedGenerator | null {
  if (stimuli.source !== 'generated' || generator?.shipped === undefined) return null;
  return readShipped(resources, generator.shipped);
}

/** A newer version of the product may bring another generator under the same name. */
function isOutdated({ studies, stimulusSets }: Storage, studyId: number, shipped: ShippedGenerator | null): boolean {
  const setHash = studies.stimuli(studyId);
  if (shipped === null || setHash === undefined) return false;
  const provenance = generatedProvenanceSchema.safeParse(stimulusSets.header(setHash)?.provenance);
  return provenance.success && provenance.data.generator !== shipped.provenance.weights.sha256;
}

function whatMakesStimuli({ dataSet, engine, generator, reference, stimuli }: Study): string {
  return canonicalJson({ dataSet, engine, generator, reference, stimuli });
}

/** @throws UserError `study.invalid`, where the number of classes makes a study too large */
function checkSize(study: Study, classes: number, sections: Sections): void {
  const excess = excessOf(study, sections, classes);
  if (!excess) return;
  const { key, what, remedy } = excess;
  throw new UserError('study.invalid', what, `study ${study.name}, ${key}`, remedy);
}

/** @throws UserError `data-set.no-training-images` */
function checkTrainable(study: Study, { trainCount }: DataSetRecord, sections: Sections): void {
  const { name, reference, generator, dataSet } = study;
  if (trainCount > 0 || (modelEntries(study, sections).length === 0 && reference === null && generator === null))
    return;
  throw new UserError(
    'data-set.no-training-images',
    'All images of this data set are test images, so nothing can be trained on it',
    `study ${name}, ${sourceName(dataSet)}`,
    'Take the networks, the reference and the generator out of the study. Models of others can be added on the screen Outside models.',
  );
}

/**
 * Trainings that began in an earlier version, which did not ask whether they can end, keep no other from a new start.
 * @throws UserError where a recipe cannot be trained on these images
 */
function checkRecipes(study: Study, record: DataSetRecord, storage: Storage): void {
  const { studies, studyRuns } = storage;
  const images = trainingImages({ storage }, record);
  const known = studies.byName(study.name);
  const begun = new Set(known ? studyRuns.list(known.id).map(({ role }) => role) : []);
  for (const entry of modelEntries(study, studies.sections)) {
    if (identities(entry).some(({ name }) => !begun.has(`models/${name}`)))
      checkRecipe(entry.recipe, images, `models, ${entry.name}`);
  }
  if (study.reference && !begun.has('reference')) checkRecipe(study.reference.recipe, images, 'reference');
  const generator = ownGenerator(study);
  if (generator) checkGenerator(generator.recipe, record, 'generator');
}

function checkLabels({ labelers }: Study, folder: string): void {
  if (labelers.source !== 'csv' || existsSync(resolve(folder, labelers.path))) return;
  throw new UserError(
    'file.not-found',
    'The file of labels that the study names does not exist',
    resolve(folder, labelers.path),
    'Correct labelers.path, which is relative to the study file, or name no labelers until the file exists.',
  );
}
