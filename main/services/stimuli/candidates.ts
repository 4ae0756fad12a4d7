import type { AnchorState, StimuliState } from '../../contract/api/stimuli.ts';
import { type CandidateRecord, type Candidates, candidatesSchema } from '../../contract/runs/generator.ts';
import type { CandidatesTask } from '../../contract/runs/run.ts';
import type { AnchorSpec, GeneratedStimuliSpec } from '../../contract/stimuli/stimuli.ts';
import { keptLast } from '../../domain/numbers/arrays.ts';
import { norm } from '../../domain/stimuli/interpolation.ts';
import { type LatentSpace, latentPoint } from '../../domain/anchors/latents.ts';
import type { Pair } from '../../domain/stimuli/stimulus-set.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { furtherSearches } from '../declaration/plan.ts';
import { anchorPoints, candidatesSpace, chooseAnchors } from '../study/stimuli.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { findGenerator, findReference, type StudyGenerator, toBase64 } from './sources.ts';

export interface Search {
  run: RunRecord;
  task: CandidatesTask;
  own: boolean;
}

/** All searches of a study with this generator: the declared one first, then in the order of their start. */
export function listSearches(workbench: Workbench, study: StudyRecord, generator: StudyGenerator): Search[] {
  const { storage } = workbench;
  const { stimuli } = study.spec;
  if (stimuli.source !== 'generated') return [];
  const reference = findReference(workbench, study);
  const searches = storage.studyRuns
    .list(study.id)
    .filter(({ role }) => role === 'candidates' || role.startsWith(furtherSearches))
    .flatMap(({ role, runId }): Search[] => {
      const run = storage.runs.get(runId);
      const task = run?.task;
      if (!run || task?.kind !== 'candidates' || !('generator' in task)) return [];
      if (task.generator !== generator.weights) return [];
      const asked =
        task.seed === stimuli.seed &&
        task.samples === stimuli.samples &&
        task.perClass === stimuli.candidatesPerClass &&
        (stimuli.anchorRule?.kind !== 'clear' || task.clear === true);
      return [{ run, task, own: role === 'candidates' && asked && (!reference || task.reference === reference) }];
    });
  return [...searches.filter(({ own }) => own), ...searches.filter(({ own }) => !own)];
}

export const searchState = ({ run, task, own }: Search): StimuliState['searches'][number] => ({
  seed: task.seed,
  samples: task.samples,
  perClass: task.perClass,
  runId: run.id,
  state: run.state,
  own,
});

/** A stored candidate, the search that found it, and its position in the search's pixels. */
interface Found {
  record: CandidateRecord;
  search: Search;
  /** Index among the candidates of its class. */
  index: number;
  position: number;
  pixels: string;
}

/** Candidates of one class from all finished searches, each sample once. */
export function listCandidates(workbench: Workbench, searches: readonly Search[], classIndex: number): Found[] {
  const found = new Map<string, Found>();
  for (const search of searches) {
    const candidates = readCandidateList(workbench, search);
    if (!candidates) continue;
    const before = candidates.classes.slice(0, classIndex).reduce((sum, list) => sum + list.length, 0);
    candidates.classes[classIndex]?.forEach((record, index) => {
      const key = `${search.task.seed}:${record.index}`;
      if (found.has(key)) return;
      found.set(key, { record, search, index, position: before + index, pixels: candidates.pixels });
    });
  }
  return [...found.values()];
}

/** Null while a search has not finished. */
export function readCandidateList(workbench: Workbench, { run }: Search): Candidates | null {
  if (run.state !== 'done' || run.result?.kind !== 'candidates') return null;
  const hash = run.result.candidates;
  return keptLast(contents, hash, () =>
    candidatesSchema.parse(JSON.parse(workbench.storage.blobs.get(hash).toString('utf8'))),
  );
}

/** What the declared search found; null before it has run. */
export function ownCandidates(workbench: Workbench, study: StudyRecord): Candidates | null {
  const generator = findGenerator(workbench, study);
  const own = generator && listSearches(workbench, study, generator).find((search) => search.own);
  return own ? readCandidateList(workbench, own) : null;
}

/** What was read last. Pages ask class by class, and blobs never change. */
const contents = new Map<string, Candidates>();
/** Lists of each class. */
export interface DraftAnchors {
  specs: AnchorSpec[][];
  points: Float32Array[][];
  space: LatentSpace;
}

/**
 * Null while there are no candidates.
 * @throws UserError `stimuli.*`, `pairs.*`: the study's anchors cannot be used, e.g. as its search changed after they were chosen
 */
export function draftAnchors(
  workbench: Workbench,
  searches: readonly Search[],
  spec: GeneratedStimuliSpec,
  pairs: readonly Pair[],
): DraftAnchors | null {
  const own = searches.find((search) => search.own);
  const content = own && readCandidateList(workbench, own);
  if (!content) return null;
  const specs = chooseAnchors(content, spec, pairs, own.task.seed);
  return { specs, points: anchorPoints(content, specs), space: candidatesSpace(content) };
}

/** The anchors of each class. */
export function anchorStates(
  workbench: Workbench,
  searches: readonly Search[],
  { specs, points, space }: DraftAnchors,
): AnchorState[][] {
  return points.map((list, k) =>
    list.flatMap((z, n) => anchorState(workbench, searches, { z, space }, specs[k]?.[n] ?? 0, k)),
  );
}

function anchorState(
  workbench: Workbench,
  searches: readonly Search[],
  { z, space }: { z: Float32Array; space: LatentSpace },
  spec: AnchorSpec,
  k: number,
): AnchorState[] {
  const own = searches.find((search) => search.own);
  const content = own && readCandidateList(workbench, own);
  if (!own || !content) return [];
  const from = anchorSample(spec, own, content, k);
  const exact = from !== null && samePoint(z, latentPoint(from.seed, from.sample, space));
  const found =
    exact &&
    listCandidates(workbench, searches, k).find(
      ({ record, search }) => search.task.seed === from.seed && record.index === from.sample,
    );
  const confidence = found ? found.record.confidence : null;
  return [{ z: toBase64(z), norm: norm(z.subarray(0, space.z)), from, exact, confidence }];
}

function anchorSample(anchor: AnchorSpec, own: Search, content: Candidates, classIndex: number): AnchorState['from'] {
  if (typeof anchor !== 'number') return anchor.from;
  const record = content.classes[classIndex]?.[anchor];
  return record ? { seed: own.task.seed, sample: record.index } : null;
}

export const samePoint = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, k) => value === b[k]);
