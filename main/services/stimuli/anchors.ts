import type { AnchorState } from '../../contract/api/stimuli.ts';
import type { Candidates } from '../../contract/candidates.ts';
import type { AnchorSpec, GeneratedStimuliSpec } from '../../contract/study.ts';
import { latentPoint, norm } from '../../domain/latents.ts';
import { anchorPoints, chooseAnchors } from '../study/anchors.ts';
import type { Workbench } from '../tools/workbench.ts';
import { toBase64 } from './bytes.ts';
import { candidatesOf, contentOf, type Search } from './candidates.ts';

/** Anchors of a draft: what stands for each class, and where it lies. */
export interface DraftAnchors {
  specs: AnchorSpec[];
  points: Float32Array[];
}

/**
 * The anchors that a draft means; null while they cannot be known (no candidates yet), or do not fit them: the generator
 * or the search was changed since they were chosen.
 */
export function draftAnchors(
  bench: Workbench,
  searches: readonly Search[],
  chosen: GeneratedStimuliSpec['anchors'],
): DraftAnchors | null {
  const own = searches.find((search) => search.own);
  const content = own && contentOf(bench, own);
  if (!content) return null;
  try {
    const specs = chooseAnchors(content, chosen);
    return { specs, points: anchorPoints(content, specs) };
  } catch {
    return null;
  }
}

/** What a page shows of each anchor. */
export function anchorStates(bench: Workbench, searches: readonly Search[], anchors: DraftAnchors): AnchorState[] {
  const own = searches.find((search) => search.own);
  const content = own && contentOf(bench, own);
  if (!own || !content) return [];
  return anchors.points.map((z, k) => {
    const from = sampleOf(anchors.specs[k] ?? 0, own, content, k);
    const exact = from !== null && samePoint(z, latentPoint(from.seed, from.sample, z.length));
    const found =
      exact &&
      candidatesOf(bench, searches, k).find(
        ({ record, search }) => search.task.seed === from.seed && record.index === from.sample,
      );
    const confidence = found ? found.record.confidence : null;
    return { z: toBase64(z), norm: norm(z), from, exact, confidence };
  });
}

function sampleOf(anchor: AnchorSpec, own: Search, content: Candidates, classIndex: number): AnchorState['from'] {
  if (typeof anchor !== 'number') return anchor.from;
  const record = content.classes[classIndex]?.[anchor];
  return record ? { seed: own.task.seed, sample: record.index } : null;
}

export const samePoint = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, k) => value === b[k]);
