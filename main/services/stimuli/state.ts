import { z } from 'zod';
import type { Draft, FrozenSet, StimuliState } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { responseKinds } from '../../contract/stimuli/responses.ts';
import type { BlendedStimuliSpec, GeneratedStimuliSpec, PairDesign } from '../../contract/stimuli/stimuli.ts';
import { placeAnchors } from '../../domain/anchors/anchors.ts';
import { distinctAlphas, type Pair, pairsOf, samePlace } from '../../domain/stimuli/stimulus-set.ts';
import type { StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { isDesigned } from '../../domain/plans/declaration.ts';
import { blendedProvenanceSchema, findRealImages, studyPairs } from '../study/blended.ts';
import { choosePositions, isUnasked, testImageChanges } from '../study/test-images.ts';
import { designLatents, generatedProvenanceSchema } from '../study/stimuli.ts';
import { findStimuli } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { anchorStates, draftAnchors, type DraftAnchors, samePoint, listSearches, searchState } from './candidates.ts';
import { draftBlends, isBlendedCurrent, realAnchorStates, realSearches } from './real-images.ts';
import { generatorInstead, noGenerator } from './draft-source.ts';
import { findGenerator, type StudyGenerator, listVoters } from './sources.ts';
import { classNames, declaredDataSet } from '../declaration/data-set.ts';

export function stimuliState(workbench: Workbench, study: StudyRecord): StimuliState {
  const { stimuli } = study.spec;
  const classes = classNames(workbench, study);
  const set = findStimuli(workbench, study.id);
  const common = {
    classes,
    voters: listVoters(workbench, study),
    locked: set !== undefined && isLabeledByPeople(workbench, study, set.hash),
    instead: generatorInstead(workbench, study),
    noGenerator: noGenerator(workbench, study),
    testImages: testImages(workbench, study),
  };
  if (!isDesigned(stimuli)) {
    // A study drops its set when it takes another archive.
    const isCurrent = (own: StimulusSetRecord): boolean =>
      stimuli.source === 'imported' || testImageChanges(workbench, study, own).length === 0;
    const frozen = set ? frozenState(workbench, study, set, () => isCurrent(set)) : null;
    const problem = set ? null : chosenProblem(workbench, study);
    const nothing = { draft: null, problem, generator: null, searches: [], anchors: [] };
    const noAnchors = { anchorLists: [], pairAnchors: [] };
    return {
      source: stimuli.source,
      ...common,
      ...nothing,
      ...noAnchors,
      pairs: set ? pairsOf(set.images) : [],
      frozen,
    };
  }
  const generator = findGenerator(workbench, study);
  if (stimuli.source === 'blended') return blendedState(workbench, study, stimuli, { common, set, generator });
  const searches = generator ? listSearches(workbench, study, generator) : [];
  const { design, anchorDesign } = stimuli;
  const pairsFound = orProblem(() => draftPairs(workbench, study, design));
  const pairs = pairsFound.found ?? [];
  const anchorsFound = orProblem(() => draftAnchors(workbench, searches, stimuli, pairs));
  const anchors = anchorsFound.found;
  const lists = anchors ? anchorStates(workbench, searches, anchors) : [];
  return {
    source: 'generated',
    ...common,
    draft: draftOf(stimuli),
    pairs,
    problem: pairsFound.problem ?? anchorsFound.problem,
    pairAnchors: placeAnchors(pairs, anchorDesign ?? { kind: 'one' }).map(([i, j]) => [i, j]),
    generator: generator && madeBy(generator),
    searches: searches.map(searchState),
    anchors: lists.map(([first]) => first ?? null),
    anchorLists: lists,
    frozen: set ? frozenState(workbench, study, set, () => isCurrent(study, set, pairs, { anchors, generator })) : null,
  };
}

type CommonState = Pick<StimuliState, 'classes' | 'voters' | 'locked' | 'instead' | 'noGenerator' | 'testImages'>;

function testImages(workbench: Workbench, study: StudyRecord): StimuliState['testImages'] {
  const { stimuli, reference } = study.spec;
  if (stimuli.source !== 'test-images') return null;
  const total = declaredDataSet(workbench, study)?.testCount ?? null;
  return { choose: stimuli.choose, total, reference: reference !== null };
}

function blendedState(
  workbench: Workbench,
  study: StudyRecord,
  stimuli: BlendedStimuliSpec,
  {
    common,
    set,
    generator,
  }: { common: CommonState; set: StimulusSetRecord | undefined; generator: StudyGenerator | null },
): StimuliState {
  const pairsFound = orProblem(() => draftPairs(workbench, study, stimuli.design));
  const pairs = pairsFound.found ?? [];
  const chosenOf = orProblem(() => draftBlends(workbench, study, stimuli, common.classes));
  const chosen = chosenOf.found;
  const lists = chosen ? realAnchorStates(workbench, study, chosen) : [];
  return {
    source: 'blended',
    ...common,
    draft: draftOf(stimuli),
    pairs,
    problem: pairsFound.problem ?? chosenOf.problem,
    pairAnchors: placeAnchors(pairs, stimuli.anchorDesign).map(([i, j]) => [i, j]),
    generator: generator && madeBy(generator),
    searches: realSearches(workbench, study),
    anchors: lists.map(([first]) => first ?? null),
    anchorLists: lists,
    frozen: set ? frozenState(workbench, study, set, () => isBlendedCurrent(workbench, study, set, chosen)) : null,
  };
}

/** Why the chosen test images cannot be taken, as far as it is known. */
function chosenProblem(workbench: Workbench, { id, spec: { stimuli } }: StudyRecord): string | null {
  if (stimuli.source !== 'test-images') return null;
  const found = findRealImages(workbench, id);
  if (!found || isUnasked(found, stimuli)) return null;
  return orProblem(() => choosePositions(found, stimuli)).problem;
}

const madeBy = ({ weights, latent, classes, what }: StudyGenerator): StimuliState['generator'] => ({
  weights,
  latent,
  classes,
  what,
});

const draftPairs = (workbench: Workbench, study: StudyRecord, design: PairDesign): [number, number][] =>
  studyPairs(workbench, study.id, design, classNames(workbench, study).length).map(([i, j]) => [i, j]);

/** What the study declares of its stimuli and a person can edit. */
export const draftOf = (spec: GeneratedStimuliSpec | BlendedStimuliSpec): Draft => ({
  source: spec.source,
  anchors: spec.anchors,
  design: spec.design,
  alphas: spec.alphas,
  interpolation: spec.interpolation,
  ...(spec.anchorDesign && { anchorDesign: spec.anchorDesign }),
  ...(spec.anchorRule && { anchorRule: spec.anchorRule }),
});

/** What the draft gives, or why it is refused. */
function orProblem<T>(find: () => T): { found: T | null; problem: string | null } {
  try {
    return { found: find(), problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { found: null, problem: `${error.message}. ${error.remedy}` };
  }
}

function frozenState(
  workbench: Workbench,
  study: StudyRecord,
  set: StimulusSetRecord,
  isCurrentSet: () => boolean,
): FrozenSet {
  const { storage } = workbench;
  const models = storage.models.ofStudy(study.id);
  const labelers = labelersWithLabels(workbench, study, set.hash);
  const made = madeWith.safeParse(set.provenance).data;
  const answered = storage.otherAnswers.kindsOf(study.id, set.hash);
  return {
    hash: set.hash,
    images: set.images.length,
    pairs: pairsOf(set.images),
    alphas: distinctAlphas(set.images),
    width: set.width,
    height: set.height,
    channels: set.channels,
    source: set.source,
    interpolation: made?.interpolation ?? null,
    current: isCurrentSet(),
    labelers: labelers.length,
    simulated: labelers.some(({ simulated }) => simulated),
    imported: responseKinds.filter((kind) => answered.includes(kind)),
    predicted: models.filter(({ prediction }) => prediction !== null).length,
    snapshots: models.length,
  };
}

const madeWith = z.union([generatedProvenanceSchema, blendedProvenanceSchema]);

const labelersWithLabels = ({ storage }: Workbench, study: StudyRecord, setHash: string) =>
  storage.labelers.ofStudy(study.id).filter(({ id }) => storage.responses.hasAny(setHash, id));

/** True if people have labeled the set or begun to: then it must not change. */
export const isLabeledByPeople = (workbench: Workbench, study: StudyRecord, setHash: string): boolean =>
  workbench.storage.labeling.sessions.hasStartedOn(study.id, setHash) ||
  workbench.storage.otherAnswers.kindsOf(study.id, setHash).length > 0 ||
  labelersWithLabels(workbench, study, setHash).some(({ simulated }) => !simulated);

/** Whether the study's declaration would give this generated set again. */
function isCurrent(
  { spec }: StudyRecord,
  set: StimulusSetRecord,
  pairs: readonly Pair[],
  { anchors, generator }: { anchors: DraftAnchors | null; generator: StudyGenerator | null },
): boolean {
  if (spec.stimuli.source !== 'generated') return false;
  const provenance = generatedProvenanceSchema.safeParse(set.provenance);
  if (!provenance.success || !anchors || provenance.data.generator !== generator?.weights) return false;
  return hasLatents(set, anchors, spec.stimuli, pairs);
}

function hasLatents(
  { images: frozen }: StimulusSetRecord,
  anchors: DraftAnchors,
  spec: GeneratedStimuliSpec,
  pairs: readonly Pair[],
): boolean {
  try {
    const { images, values } = designLatents(anchors, spec, pairs);
    const latent = values.length / images.length;
    return (
      images.length === frozen.length &&
      images.every((image, n) => {
        const other = frozen[n];
        const z = values.subarray(n * latent, (n + 1) * latent);
        return other !== undefined && samePlace(other, image) && other.z !== null && samePoint(other.z, z);
      })
    );
  } catch {
    return false;
  }
}
