import { UserError } from '../../contract/wire/index.ts';
import { canonicalJson } from '../../domain/plans/index.ts';
import type { LabelerRecord, StudyRecord } from '../../storage/index.ts';
import { refusals, refuseLocked } from '../../services/labels/index.ts';
import { findStimuli, type Workbench } from '../../services/workbench/index.ts';
import type { Tools } from '../../services/tools/index.ts';
import { putSpec } from '../../services/stimuli/index.ts';
import type { EarlierSet } from './contract.ts';

type Use = ReturnType<Workbench['storage']['studies']['earlierStimuli']>[number];

/** Sessions of the current set, and the sets that the study used before, the last one first. */
export function listSets(workbench: Workbench, study: StudyRecord): { sessions: number; earlier: EarlierSet[] } {
  const { storage } = workbench;
  const current = storage.studies.stimuli(study.id);
  const sessions = storage.labeling.sessions.ofStudy(study.id);
  const weights = storage.models.ofStudy(study.id).map((model) => model.weights);
  const earlier = storage.studies.earlierStimuli(study.id).map((use): EarlierSet => {
    const { images, pairs, source } = storage.stimulusSets.summary(use.hash);
    const labelers = labelersOf(workbench, study, use);
    const predicted = new Set(storage.predictions.forSet(use.hash).map(({ model }) => model));
    return {
      hash: use.hash,
      images,
      pairs,
      source,
      since: new Date(use.since).toISOString(),
      until: new Date(use.until).toISOString(),
      labelers: labelers.length,
      simulated: labelers.some(({ simulated }) => simulated),
      sessions: sessions.filter(({ setHash }) => setHash === use.hash).length,
      predicted: weights.filter((each) => predicted.has(each)).length,
      snapshots: weights.length,
    };
  });
  return { sessions: sessions.filter(({ setHash }) => setHash === current).length, earlier };
}

type Jobs = Pick<Tools['jobs'], 'studyJobs'>;

/**
 * Makes a set that the study used before its current one again, with the declaration that made it and with the labelers
 * who labeled it. Labels and predictions of the other set stay with that set.
 * @throws UserError `stimuli.unknown-set`, `stimuli.other-data`, `stimuli.being-made`, `labeling.locked`,
 *   `labeling.active`
 */
export function chooseSet(
  { workbench, jobs }: { workbench: Workbench; jobs: Jobs },
  study: StudyRecord,
  hash: string,
): void {
  const { storage, now } = workbench;
  if (storage.studies.stimuli(study.id) === hash) return;
  const use = storage.studies.earlierStimuli(study.id).find((each) => each.hash === hash);
  if (!use) throw unknownSet(study, hash);
  refuseLocked(workbench, study.id);
  refuseActive(workbench, study);
  // It would freeze the images of its declaration after this, and predict for them.
  if (jobs.studyJobs(study.name).some(({ goal }) => goal === 'stimuli' || goal === 'report')) throw beingMade(study);
  const made = storage.studies.specs(study.id).findLast(({ at }) => at <= use.since)?.spec ?? study.spec;
  const { generator, reference, stimuli } = made;
  if (canonicalJson(made.dataSet) !== canonicalJson(study.spec.dataSet)) throw otherData(study, hash);
  storage.transaction(() => {
    putSpec(workbench, { ...study.spec, generator, reference, stimuli });
    const labelers = labelersOf(workbench, study, use);
    storage.studies.useStimuli(study.id, hash, now());
    storage.studies.useLabelers(
      study.id,
      labelers.map(({ id }) => id),
      now(),
    );
  });
}

/** People who are labeling would go on with images that the study no longer has. */
function refuseActive(workbench: Workbench, study: StudyRecord): void {
  const current = findStimuli(workbench, study.id)?.hash;
  const active = workbench.storage.labeling.sessions
    .ofStudy(study.id)
    .filter(({ state, setHash, excluded }) => state === 'active' && setHash === current && excluded === null).length;
  if (active > 0) throw refusals.active(active);
}

/** Whose labels of a set count once the study uses it again; simulated labelers never join people. */
function labelersOf({ storage }: Workbench, study: StudyRecord, { hash, until }: Use): LabelerRecord[] {
  const sessions = storage.labeling.sessions.ofStudy(study.id);
  const inSession = new Set(sessions.map(({ labelerId }) => labelerId));
  const finished = sessions
    .filter(({ state, excluded, setHash }) => state === 'finished' && excluded === null && setHash === hash)
    .map(({ labelerId }) => labelerId);
  const fromElsewhere = storage.labelers.idsAt(study.id, until).filter((id) => !inSession.has(id));
  const labelers = [...new Set([...fromElsewhere, ...finished])]
    .flatMap((id) => storage.labelers.get(id) ?? [])
    .filter(({ id }) => storage.responses.hasAny(hash, id));
  const people = labelers.filter(({ simulated }) => !simulated);
  return people.length > 0 ? people : labelers;
}

const unknownSet = ({ name }: StudyRecord, hash: string): UserError =>
  new UserError(
    'stimuli.unknown-set',
    'The study has never used this stimulus set',
    `study ${name}, set ${hash.slice(0, 12)}`,
    'Choose one of the earlier sets in the list.',
  );

const beingMade = ({ name }: StudyRecord): UserError =>
  new UserError(
    'stimuli.being-made',
    'A job of this study makes or predicts its images now',
    `study ${name}`,
    'Wait for its end, or stop it in the list of jobs.',
  );

const otherData = ({ name }: StudyRecord, hash: string): UserError =>
  new UserError(
    'stimuli.other-data',
    'This set was made for another data set than the study has now',
    `study ${name}, set ${hash.slice(0, 12)}`,
    'Give the study its earlier data set again, or use the set in another study.',
  );
