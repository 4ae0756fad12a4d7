import { hashKey } from '@tanstack/react-query';
import type { Draft } from '../../../main/contract/api/stimuli.ts';
import type { ClassAnchors, PairDesign } from '../../../main/contract/stimuli/stimuli.ts';

/** A change of a draft. Only the parts that differ belong to it; each class's anchors are a part of their own. */
export interface DraftEdit {
  before: Draft;
  after: Draft;
}

/** Of the most confused pairs, a limit of the pairs of each class also limits how many there can be. */
export function fittingDesign(design: PairDesign, classes: number): PairDesign {
  if (design.kind !== 'confusable' || design.perClass === undefined) return design;
  const most = Math.floor((Math.min(design.perClass, classes - 1) * classes) / 2);
  return { ...design, count: Math.min(design.count, most) };
}

/** Whether two JSON values are equal, whatever the order of their keys. */
const same = (a: unknown, b: unknown): boolean => hashKey([a ?? null]) === hashKey([b ?? null]);

/** The anchors of each class, with what the rule chooses written out: the best, or an empty list. */
export function writtenAnchors({ anchors, anchorRule, source }: Draft, classes: number): ClassAnchors[] {
  // Between real images a number is the position of one, not a rank among candidates.
  const byRule = source === 'generated' && (anchorRule?.kind ?? 'best') === 'best' ? 0 : [];
  return anchors ? [...anchors] : Array.from({ length: classes }, () => byRule);
}

/** The draft of another source: pairs, alphas and the intention of the rule stay, anchors are chosen anew. */
export function changedSource({ anchorRule = { kind: 'best' } }: Draft, source: Draft['source']): Partial<Draft> {
  const random = source === 'blended' ? 'random' : 'candidate';
  const isRandom = anchorRule.kind === 'random' || anchorRule.kind === 'candidate';
  return {
    source,
    anchors: null,
    interpolation: source === 'blended' ? 'pixels' : 'linear',
    anchorRule: isRandom ? { kind: random, seed: anchorRule.seed } : anchorRule,
  };
}

const keys = ['source', 'design', 'alphas', 'interpolation', 'anchorDesign', 'anchorRule'] as const;

/** Classes whose anchors an edit changes, by index. */
function changedClasses({ before, after }: DraftEdit, classes: number): number[] {
  if (same(before.anchors, after.anchors)) return [];
  const [from, to] = [writtenAnchors(before, classes), writtenAnchors(after, classes)];
  return from.flatMap((anchors, k) => (same(anchors, to[k]) ? [] : [k]));
}

/** The draft with this edit's parts as they are after it; all others stay as they are. */
export function applyEdit(draft: Draft, edit: DraftEdit, classes: number): Draft {
  const { before, after } = edit;
  const changed = keys.filter((key) => !same(before[key], after[key]));
  const parts = Object.fromEntries(changed.map((key) => [key, after[key]]));
  return { ...draft, ...parts, anchors: editedAnchors(draft, edit, classes) };
}

function editedAnchors(draft: Draft, edit: DraftEdit, classes: number): Draft['anchors'] {
  const { before, after } = edit;
  if (same(before.anchors, after.anchors)) return draft.anchors;
  // As a whole where nothing else changed, so that leaving all anchors to the rule can be restored.
  if (same(draft.anchors, before.anchors)) return after.anchors;
  const [anchors, to] = [writtenAnchors(draft, classes), writtenAnchors(after, classes)];
  for (const k of changedClasses(edit, classes)) anchors[k] = to[k] ?? [];
  return anchors;
}

/**
 * Whether the parts of an edit are still as they were after it, so that undoing it takes back nobody else's change. An
 * edit belongs to the source that it was made for.
 */
export function canRevert(draft: Draft, { before, after }: DraftEdit, classes: number): boolean {
  const [now, then] = [writtenAnchors(draft, classes), writtenAnchors(after, classes)];
  return (
    draft.source === after.source &&
    keys.every((key) => same(before[key], after[key]) || same(draft[key], after[key])) &&
    changedClasses({ before, after }, classes).every((k) => same(now[k], then[k]))
  );
}

/** The edit that takes another one back. */
export const reversed = ({ before, after }: DraftEdit): DraftEdit => ({ before: after, after: before });

/**
 * The draft after edits that were made on an earlier form of it.
 * @returns also the edits that were left out, because somebody else changed the same parts meanwhile
 */
export function rebase(
  draft: Draft,
  edits: readonly DraftEdit[],
  classes: number,
): { draft: Draft; conflicts: DraftEdit[] } {
  const conflicts: DraftEdit[] = [];
  let rebased = draft;
  for (const edit of edits) {
    if (canRevert(rebased, reversed(edit), classes)) rebased = applyEdit(rebased, edit, classes);
    else conflicts.push(edit);
  }
  return { draft: rebased, conflicts };
}
