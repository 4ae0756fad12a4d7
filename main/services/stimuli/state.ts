import { z } from 'zod';
import { type Draft, type FrozenSet, sampleSchema, type StimuliState } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/errors.ts';
import type { GeneratedStimuliSpec } from '../../contract/study.ts';
import { placeAnchors } from '../../domain/anchors.ts';
import { resolvePairs } from '../../domain/pair-design.ts';
import { distinctAlphas, sameAlpha } from '../../domain/stimulus-set.ts';
import type { StimulusSetRecord, StudyRecord } from '../../storage/index.ts';
import { designLatents, generatedProvenanceSchema } from '../study/stimuli.ts';
import { findStimuli } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { anchorStates, draftAnchors, type DraftAnchors, samePoint, listSearches, searchState } from './candidates.ts';
import { findGenerator, type StudyGenerator, listVoters } from './sources.ts';
import { classNames } from '../declaration/data-set.ts';

export function stimuliState(workbench: Workbench, study: StudyRecord): StimuliState {
  const { stimuli } = study.spec;
  const classes = classNames(workbench, study);
  const set = findStimuli(workbench, study.id);
  const common = {
    classes,
    pinned: readPins(workbench, study),
    voters: listVoters(workbench, study),
    locked: set !== undefined && isLabelledByPeople(workbench, study, set.hash),
  };
  if (stimuli.source === 'imported') {
    const frozen = set ? frozenState(workbench, study, set, { anchors: null, generator: null }) : null;
    const nothing = { draft: null, problem: null, generator: null, searches: [], anchors: [] };
    const noAnchors = { anchorLists: [], pairAnchors: [] };
    return { source: 'imported', ...common, ...nothing, ...noAnchors, pairs: set ? setPairs(set) : [], frozen };
  }
  const generator = findGenerator(workbench, study);
  const searches = generator ? listSearches(workbench, study, generator) : [];
  const { design, anchorDesign } = stimuli;
  const pairsOf = orProblem(() => resolvePairs(design, classes.length).map(([i, j]): [number, number] => [i, j]));
  const pairs = pairsOf.found ?? [];
  const anchorsOf = orProblem(() => draftAnchors(workbench, searches, stimuli));
  const anchors = anchorsOf.found;
  const lists = anchors ? anchorStates(workbench, searches, anchors) : [];
  return {
    source: 'generated',
    ...common,
    ...{ draft: draftOf(stimuli), pairs, problem: pairsOf.problem ?? anchorsOf.problem },
    pairAnchors: placeAnchors(pairs, anchorDesign ?? { kind: 'one' }).map(([i, j]) => [i, j]),
    generator,
    searches: searches.map(searchState),
    anchors: lists.flatMap(([first]) => first ?? []),
    anchorLists: lists,
    frozen: set ? frozenState(workbench, study, set, { anchors, generator }) : null,
  };
}

/** What the study declares of its stimuli and a person can edit. */
export const draftOf = (spec: GeneratedStimuliSpec): Draft => ({
  ...{ anchors: spec.anchors, design: spec.design, alphas: spec.alphas, interpolation: spec.interpolation },
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

const pinnedSchema = z.array(z.strictObject({ classIndex: z.int().min(0), ...sampleSchema.shape })).max(10_000);
type Pinned = z.infer<typeof pinnedSchema>;
const pinnedName = 'stimuli.pinned';

const readPins = ({ storage }: Workbench, study: StudyRecord): Pinned =>
  storage.settings.ofStudy(study.id, pinnedName, pinnedSchema) ?? [];

/** Pins or unpins a candidate. @throws UserError `stimuli.too-many-pins` */
export function pin(workbench: Workbench, study: StudyRecord, candidate: Pinned[number], pinned: boolean): void {
  const same = (other: Pinned[number]): boolean =>
    other.classIndex === candidate.classIndex && other.seed === candidate.seed && other.sample === candidate.sample;
  const others = readPins(workbench, study).filter((other) => !same(other));
  const wanted = pinnedSchema.safeParse(pinned ? [...others, candidate] : others);
  if (!wanted.success) {
    const remedy = 'Unpin some first.';
    throw new UserError({
      code: 'stimuli.too-many-pins',
      what: 'Too many candidates are pinned',
      where: study.name,
      remedy,
    });
  }
  workbench.storage.settings.setOfStudy(study.id, pinnedName, wanted.data, workbench.now());
}

function frozenState(
  workbench: Workbench,
  study: StudyRecord,
  set: StimulusSetRecord,
  draft: { anchors: DraftAnchors | null; generator: StudyGenerator | null },
): FrozenSet {
  const { storage } = workbench;
  const models = storage.models.ofStudy(study.id);
  const labelers = labelersWithLabels(workbench, study, set.hash);
  const provenance = generatedProvenanceSchema.safeParse(set.provenance);
  return {
    hash: set.hash,
    images: set.images.length,
    pairs: setPairs(set),
    alphas: distinctAlphas(set.images),
    width: set.width,
    height: set.height,
    channels: set.channels,
    source: set.source,
    interpolation: provenance.success ? provenance.data.interpolation : null,
    current: isCurrent(workbench, study, set, draft),
    labelers: labelers.length,
    simulated: labelers.some(({ simulated }) => simulated),
    predicted: models.filter(({ prediction }) => prediction !== null).length,
    snapshots: models.length,
  };
}

const labelersWithLabels = ({ storage }: Workbench, study: StudyRecord, setHash: string) =>
  storage.labelers.ofStudy(study.id).filter(({ id }) => storage.responses.hasAny(setHash, id));

/** True if people have labelled the set or begun to: then it must not change. */
export const isLabelledByPeople = (workbench: Workbench, study: StudyRecord, setHash: string): boolean =>
  workbench.storage.labeling.sessions.hasStartedOn(study.id, setHash) ||
  labelersWithLabels(workbench, study, setHash).some(({ simulated }) => !simulated);

/** The pairs of a set, in the order of its images. */
function setPairs({ images }: Pick<StimulusSetRecord, 'images'>): [number, number][] {
  const pairs = new Map(images.map(({ pairI, pairJ }) => [`${pairI}-${pairJ}`, [pairI, pairJ] as [number, number]]));
  return [...pairs.values()];
}

/** Whether the study's declaration would give this set again. */
function isCurrent(
  workbench: Workbench,
  study: StudyRecord,
  set: StimulusSetRecord,
  { anchors, generator }: { anchors: DraftAnchors | null; generator: StudyGenerator | null },
): boolean {
  const { spec } = study;
  // A study drops its set when it takes another archive: see exchange.ts.
  if (spec.stimuli.source === 'imported') return true;
  const provenance = generatedProvenanceSchema.safeParse(set.provenance);
  if (!provenance.success || !anchors || provenance.data.generator !== generator?.weights) return false;
  return hasLatents(set, anchors, spec.stimuli, classNames(workbench, study).length);
}

function hasLatents(
  { images: frozen }: StimulusSetRecord,
  anchors: DraftAnchors,
  spec: GeneratedStimuliSpec,
  classes: number,
): boolean {
  try {
    const { images, values } = designLatents(anchors, spec, classes);
    const latent = values.length / images.length;
    return (
      images.length === frozen.length &&
      images.every(({ pairI, pairJ, alpha }, n) => {
        const other = frozen[n];
        const z = values.subarray(n * latent, (n + 1) * latent);
        const samePlace = other?.pairI === pairI && other.pairJ === pairJ && sameAlpha(other.alpha, alpha);
        return samePlace && other.z !== null && samePoint(other.z, z);
      })
    );
  } catch {
    return false;
  }
}
