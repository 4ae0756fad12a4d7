import type { Draft } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { AnchorSpec, ClassAnchors, TestImageChoice } from '../../contract/stimuli/stimuli.ts';
import { type Study, studySchema } from '../../contract/studies/study.ts';
import { isDesigned } from '../../domain/plans/declaration.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { checkDesign } from '../../domain/anchors/pair-design.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { checkStudy } from '../declaration/study-file.ts';
import { refuseEqualAnchors } from '../study/stimuli.ts';
import { findStimuli, freeName } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { ownCandidates } from './candidates.ts';
import { type OfferedSource, undrafted } from './draft-source.ts';
import { draftOf, isLabeledByPeople } from './state.ts';
import { findGenerator } from './sources.ts';
import { classNames } from '../declaration/data-set.ts';

/**
 * A frozen set stays until the new one is made.
 * @param before the draft that was edited
 * @throws UserError `stimuli.*`, `pairs.*`, `study.invalid`
 */
export function saveDraft(workbench: Workbench, study: StudyRecord, before: Draft, draft: Draft): void {
  const { spec } = study;
  if (!isDesigned(spec.stimuli)) throw notDesigned(study);
  if (canonicalJson(draftOf(spec.stimuli)) !== canonicalJson(before)) throw editedElsewhere(study);
  refuseLabeled(workbench, study);
  const classes = classNames(workbench, study).length;
  checkDesign(draft.design, classes);
  const { generator, reference, stimuli: kept } = undrafted(workbench, study, draft.source);
  // A draft without them means one anchor a class, and the rule of a study that names none.
  const stimuli = parsedStimuli(study, { ...kept, anchorDesign: undefined, anchorRule: undefined, ...draft });
  const next = { ...study, spec: { ...spec, generator, reference, stimuli } };
  if (stimuli.source !== 'generated') return putSpec(workbench, next.spec);
  const anchors = draft.anchors && checkedAnchors(workbench, next, draft.anchors, classes);
  const checked = { ...stimuli, anchors };
  refuseEqualAnchors(checked, ownCandidates(workbench, next)?.classes ?? []);
  putSpec(workbench, { ...next.spec, stimuli: checked });
}

/** @throws UserError `stimuli.*`, `study.invalid` */
export function setSource(workbench: Workbench, study: StudyRecord, source: OfferedSource): void {
  if (study.spec.stimuli.source === source) return;
  if (study.spec.stimuli.source === 'imported') throw notDesigned(study);
  refuseLabeled(workbench, study);
  const { generator, reference, stimuli } = undrafted(workbench, study, source);
  putSpec(workbench, { ...study.spec, generator, reference, stimuli: parsedStimuli(study, stimuli) });
}

/** @param before the choice that was edited @throws UserError `stimuli.*`, `study.invalid` */
export function saveTestImages(
  workbench: Workbench,
  study: StudyRecord,
  before: TestImageChoice,
  choose: TestImageChoice,
): void {
  const { stimuli } = study.spec;
  if (stimuli.source !== 'test-images') throw editedElsewhere(study);
  if (canonicalJson(stimuli.choose) !== canonicalJson(before)) throw editedElsewhere(study);
  refuseLabeled(workbench, study);
  putSpec(workbench, { ...study.spec, stimuli: { source: 'test-images', choose } });
}

/** A draft has all that images of any source can have; a declaration has what its own source has. */
function parsedStimuli({ spec }: StudyRecord, stimuli: object): Study['stimuli'] {
  const parsed = studySchema.safeParse({ ...spec, stimuli });
  if (parsed.success) return parsed.data.stimuli;
  throw new UserError(
    'study.invalid',
    `These stimuli cannot be declared so: ${parsed.error.issues[0]?.message ?? 'unknown reason'}`,
    `study ${spec.name}, ${parsed.error.issues[0]?.path.join('.') ?? 'stimuli'}`,
    'Choose anchors, rule and interpolation that fit how the images are made.',
  );
}

/** @throws UserError `study.invalid` */
export function putSpec({ storage, now }: Workbench, spec: Study): void {
  storage.studies.put(spec.name, checkStudy(spec, `study ${spec.name}`, storage.studies.sections), now());
}

/** @throws UserError `stimuli.has-labels` if people have labeled the study's set */
export function refuseLabeled(workbench: Workbench, study: StudyRecord): void {
  const set = findStimuli(workbench, study.id);
  if (!set || !isLabeledByPeople(workbench, study, set.hash)) return;
  throw new UserError(
    'stimuli.has-labels',
    'People have labeled these stimuli, so they stay as they are',
    `study ${study.name}`,
    'Make a copy of the study and change the stimuli there; the labels stay with this one.',
  );
}

function checkedAnchors(
  workbench: Workbench,
  study: StudyRecord,
  anchors: readonly ClassAnchors[],
  classes: number,
): ClassAnchors[] {
  const refuse = (what: string): never => {
    const remedy =
      'Choose an anchor for each class among its candidates, or give as many numbers as the generator takes.';
    throw new UserError('stimuli.anchors', what, 'anchors', remedy);
  };
  if (anchors.length !== classes) refuse(`There are ${classes} classes and ${anchors.length} anchors`);
  const latent = findGenerator(workbench, study)?.latent;
  const checked = (anchor: AnchorSpec, k: number): AnchorSpec => {
    if (typeof anchor === 'number') return anchor;
    if (latent !== undefined && anchor.z.length !== latent) {
      refuse(`The anchor of class ${k} has ${anchor.z.length} numbers, and the generator takes ${latent}`);
    }
    return { ...anchor, z: anchor.z.map(Math.fround) };
  };
  return anchors.map((each, k) => (Array.isArray(each) ? each.map((anchor) => checked(anchor, k)) : checked(each, k)));
}

/** Copies a study without its labels, so that its stimuli can be changed; gives the free name it got. */
export function copyStudy(workbench: Workbench, study: StudyRecord): string {
  const { storage, now } = workbench;
  const name = freeName(storage, study.name);
  const { labelers, title } = study.spec;
  const spec: Study = {
    ...study.spec,
    name,
    title: `${title.slice(0, 190)} (copy)`,
    labelers: labelers.source === 'csv' ? { source: 'none' } : labelers,
  };
  storage.transaction(() => {
    const id = storage.studies.put(name, spec, now());
    for (const { role, runId, model } of storage.studyRuns.list(study.id)) {
      if (role !== 'stimuli' && !role.startsWith('predictions/')) storage.studyRuns.link(id, role, runId, model, now());
    }
  });
  return name;
}

const editedElsewhere = ({ name }: StudyRecord): UserError =>
  new UserError(
    'stimuli.draft-changed',
    'The draft was changed elsewhere since it was read',
    `study ${name}`,
    'Read the draft again, and make the change in it.',
  );

const notDesigned = ({ name, spec }: StudyRecord): UserError =>
  new UserError(
    'stimuli.imported',
    `These stimuli ${spec.stimuli.source === 'imported' ? 'were made elsewhere' : 'are test images'}, so there are no anchors and pairs to choose`,
    `study ${name}`,
    'Import another set, or make a study with a generator.',
  );
