import { z } from 'zod';
import { sampleSchema, type StimuliState } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/errors.ts';
import { resolvePairs } from '../../domain/pair-design.ts';
import type { StudyRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { anchorStates, draftAnchors } from './anchors.ts';
import { searchesOf, searchState } from './candidates.ts';
import { frozenOf, frozenState, isLabelledByPeople, pairsOf } from './frozen.ts';
import { classNames, generatorOf, votersOf } from './sources.ts';

/** All that the screen shows before it asks for pictures. */
export function stimuliState(bench: Workbench, study: StudyRecord): StimuliState {
  const { stimuli } = study.spec;
  const classes = classNames(study.spec);
  const set = frozenOf(bench, study);
  const common = {
    classes,
    pinned: pinnedOf(bench, study),
    voters: votersOf(bench, study),
    locked: set !== undefined && isLabelledByPeople(bench, study, set.hash),
  };
  if (stimuli.source === 'imported') {
    const frozen = set ? frozenState(bench, study, set, { anchors: null, generator: null }) : null;
    const nothing = { draft: null, problem: null, generator: null, searches: [], anchors: [] };
    return { source: 'imported', ...common, ...nothing, pairs: set ? pairsOf(set) : [], frozen };
  }
  const generator = generatorOf(bench, study);
  const searches = generator ? searchesOf(bench, study, generator) : [];
  const anchors = draftAnchors(bench, searches, stimuli.anchors);
  const { design, alphas, interpolation } = stimuli;
  return {
    source: 'generated',
    ...common,
    draft: { anchors: stimuli.anchors, design, alphas, interpolation },
    ...designOf(study, classes.length),
    generator,
    searches: searches.map(searchState),
    anchors: anchors ? anchorStates(bench, searches, anchors) : [],
    frozen: set ? frozenState(bench, study, set, { anchors, generator }) : null,
  };
}

function designOf({ spec }: StudyRecord, classes: number): Pick<StimuliState, 'pairs' | 'problem'> {
  if (spec.stimuli.source !== 'generated') return { pairs: [], problem: null };
  try {
    return { pairs: resolvePairs(spec.stimuli.design, classes).map(([i, j]) => [i, j]), problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { pairs: [], problem: `${error.message}. ${error.remedy}` };
  }
}

const pinnedSchema = z.array(z.strictObject({ classIndex: z.int().min(0), ...sampleSchema.shape })).max(10_000);
type Pinned = z.infer<typeof pinnedSchema>;
const pinnedName = 'stimuli.pinned';

/** Candidates that a person wants to find again. */
export const pinnedOf = ({ storage }: Workbench, study: StudyRecord): Pinned =>
  storage.settings.ofStudy(study.id, pinnedName, pinnedSchema) ?? [];

/** Pins a candidate, or lets it go. @throws UserError `stimuli.too-many-pins` */
export function pin(bench: Workbench, study: StudyRecord, candidate: Pinned[number], pinned: boolean): void {
  const same = (other: Pinned[number]): boolean =>
    other.classIndex === candidate.classIndex && other.seed === candidate.seed && other.sample === candidate.sample;
  const others = pinnedOf(bench, study).filter((other) => !same(other));
  const wanted = pinnedSchema.safeParse(pinned ? [...others, candidate] : others);
  if (!wanted.success) {
    const remedy = 'Let some go first.';
    throw new UserError({ code: 'stimuli.too-many-pins', what: 'Too many are pinned', where: study.name, remedy });
  }
  bench.storage.settings.setOfStudy(study.id, pinnedName, wanted.data, bench.now());
}
