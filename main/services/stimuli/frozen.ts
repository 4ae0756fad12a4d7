import type { FrozenSet } from '../../contract/api/stimuli.ts';
import type { GeneratedStimuliSpec } from '../../contract/study.ts';
import { sameAlpha } from '../../domain/stimulus-set.ts';
import type { StimulusSetRecord, StudyRecord } from '../../storage/index.ts';
import { generatedProvenanceSchema } from '../study/anchors.ts';
import { designLatents } from '../study/stimuli.ts';
import type { Workbench } from '../tools/workbench.ts';
import { type DraftAnchors, samePoint } from './anchors.ts';
import { classNames, type StudyGenerator } from './sources.ts';

/** The set that the study uses, or undefined. */
export function frozenOf({ storage }: Workbench, study: StudyRecord): StimulusSetRecord | undefined {
  const hash = storage.studies.stimuli(study.id);
  return hash === undefined ? undefined : storage.stimulusSets.get(hash);
}

/** What a page says of the frozen set. */
export function frozenState(
  bench: Workbench,
  study: StudyRecord,
  set: StimulusSetRecord,
  draft: { anchors: DraftAnchors | null; generator: StudyGenerator | null },
): FrozenSet {
  const { storage } = bench;
  const models = storage.models.ofStudy(study.id);
  const labelers = labelersOf(bench, study, set.hash);
  const provenance = generatedProvenanceSchema.safeParse(set.provenance);
  return {
    hash: set.hash,
    images: set.images.length,
    pairs: pairsOf(set),
    alphas: [...new Set(set.images.map(({ alpha }) => alpha))].sort((a, b) => a - b),
    width: set.width,
    height: set.height,
    source: set.source,
    interpolation: provenance.success ? provenance.data.interpolation : null,
    current: isCurrent(study, set, draft),
    labelers: labelers.length,
    simulated: labelers.some(({ simulated }) => simulated),
    predicted: models.filter(({ prediction }) => prediction !== null).length,
    snapshots: models.length,
  };
}

/** Those of the study's labelers who said something about the set. */
export const labelersOf = ({ storage }: Workbench, study: StudyRecord, setHash: string) =>
  storage.labelers.ofStudy(study.id).filter(({ id }) => storage.responses.hasAny(setHash, id));

/** True if people have labelled the set, or are about to: what they saw must stay. */
export const isLabelledByPeople = (bench: Workbench, study: StudyRecord, setHash: string): boolean =>
  bench.storage.labeling.sessions.hasBegunOn(study.id, setHash) ||
  labelersOf(bench, study, setHash).some(({ simulated }) => !simulated);

/** The pairs of a set, in the order of its images. */
export function pairsOf({ images }: Pick<StimulusSetRecord, 'images'>): [number, number][] {
  const pairs = new Map(images.map(({ pairI, pairJ }) => [`${pairI}-${pairJ}`, [pairI, pairJ] as [number, number]]));
  return [...pairs.values()];
}

/** Whether making the stimuli of the study's spec again would give this set. */
export function isCurrent(
  { spec }: StudyRecord,
  set: StimulusSetRecord,
  { anchors, generator }: { anchors: DraftAnchors | null; generator: StudyGenerator | null },
): boolean {
  // A study lets go of its set when it takes another archive: see exchange.ts.
  if (spec.stimuli.source === 'imported') return true;
  const provenance = generatedProvenanceSchema.safeParse(set.provenance);
  if (!provenance.success || !anchors || provenance.data.generator !== generator?.weights) return false;
  return hasLatents(set, anchors.points, spec.stimuli, classNames(spec).length);
}

function hasLatents(
  { images: frozen }: StimulusSetRecord,
  points: readonly Float32Array[],
  spec: GeneratedStimuliSpec,
  classes: number,
): boolean {
  try {
    const { images, values } = designLatents(points, spec, classes);
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
