import { describe, expect, test } from 'vitest';
import type { Draft } from '../../main/contract/api/stimuli.ts';
import {
  applyEdit,
  canRevert,
  changedSource,
  fittingDesign,
  rebase,
  reversed,
} from '../../renderer/features/stimuli/draft-edits.ts';
import { labelCounts } from '../../renderer/stimuli/vote-table.tsx';

describe('an edit of a draft', () => {
  const draft: Draft = {
    source: 'generated',
    anchors: null,
    design: { kind: 'paper' },
    alphas: 11,
    interpolation: 'linear',
  };
  const point = (value: number) => ({ z: [value, 0], from: null });

  test('changes only its own parts, and is taken back only where nobody changed them since', () => {
    const mine = { before: draft, after: { ...draft, alphas: 7 } };
    const theirs: Draft = { ...draft, alphas: 7, interpolation: 'spherical' };
    expect(canRevert(theirs, mine, 3)).toBe(true);
    expect(applyEdit(theirs, reversed(mine), 3)).toEqual({ ...draft, interpolation: 'spherical' });
    expect(canRevert({ ...theirs, alphas: 21 }, mine, 3)).toBe(false);
    expect(canRevert({ ...theirs, anchorRule: { kind: 'best' } }, mine, 3)).toBe(true);
  });

  test('is not saved over what another page did to the same part meanwhile', () => {
    const edits = [
      { before: draft, after: { ...draft, alphas: 7 } },
      { before: { ...draft, alphas: 7 }, after: { ...draft, alphas: 9, interpolation: 'spherical' as const } },
      { before: draft, after: { ...draft, anchors: [0, point(1), 0] } },
    ];
    const last = edits.slice(2);
    expect(rebase(draft, edits, 3)).toEqual({
      draft: { ...draft, alphas: 9, interpolation: 'spherical', anchors: [0, point(1), 0] },
      conflicts: [],
    });
    const theirs: Draft = { ...draft, alphas: 21, anchors: [0, 0, point(2)] };
    expect(rebase(theirs, edits, 3)).toEqual({
      draft: { ...theirs, anchors: [0, point(1), point(2)] },
      conflicts: edits.slice(0, 2),
    });
    const sameAnchor: Draft = { ...draft, anchors: [0, point(3), 0] };
    expect(rebase(sameAnchor, last, 3)).toEqual({ draft: sameAnchor, conflicts: last });
  });

  test('of the source is taken back with the anchors; edits made for the other source are not', () => {
    const chosen: Draft = { ...draft, anchors: [0, point(1), 2], anchorRule: { kind: 'candidate', seed: 4 } };
    const change = { before: chosen, after: { ...chosen, ...changedSource(chosen, 'blended') } };
    expect(change.after).toEqual({
      source: 'blended',
      anchors: null,
      anchorRule: { kind: 'random', seed: 4 },
      interpolation: 'pixels',
      design: draft.design,
      alphas: 11,
    });
    expect(applyEdit(change.after, reversed(change), 3)).toEqual(chosen);
    const earlier = { before: draft, after: { ...draft, alphas: 7 } };
    expect(canRevert({ ...change.after, alphas: 7 }, earlier, 3)).toBe(false);
    expect(changedSource(change.after, 'generated')).toMatchObject({ anchorRule: { kind: 'candidate', seed: 4 } });
    expect(changedSource(draft, 'blended')).toMatchObject({ anchorRule: { kind: 'best' } });
  });

  test('of an anchor leaves the anchors that another page chose', () => {
    const mine = { before: draft, after: { ...draft, anchors: [0, point(1), 0] } };
    expect(applyEdit(mine.after, reversed(mine), 3)).toEqual(draft);
    const both: Draft = { ...draft, anchors: [0, point(1), point(2)] };
    expect(applyEdit({ ...draft, anchors: [0, 0, point(2)] }, mine, 3)).toEqual(both);
    expect(canRevert(both, mine, 3)).toBe(true);
    // The order of keys is the host's.
    expect(canRevert({ ...both, anchors: [0, { from: null, z: [1, 0] }, 0] }, mine, 3)).toBe(true);
    expect(applyEdit(both, reversed(mine), 3).anchors).toEqual([0, 0, point(2)]);
    expect(canRevert({ ...both, anchors: [0, point(3), point(2)] }, mine, 3)).toBe(false);
    const several: Draft = { ...draft, anchorRule: { kind: 'clear', seed: 1 } };
    const first = { before: several, after: { ...several, anchors: [[], [point(1)], []] } };
    const later: Draft = { ...several, anchors: [[], [point(1)], [point(2)]] };
    expect(applyEdit(later, reversed(first), 3).anchors).toEqual([[], [], [point(2)]]);
  });
});

test('labels are counted image by image; without votes there is nothing to count', () => {
  const vote = (labels: number[]) => ({ weights: '', softmax: '', labels });
  expect(labelCounts([vote([0, 2]), vote([0, 1])], 3, 2)).toEqual([
    [2, 0, 0],
    [0, 1, 1],
  ]);
  expect(labelCounts([], 3, 2)).toBeNull();
});

test('pairs by confusion with a limit for each class are never more than the limit allows', () => {
  const design = { kind: 'confusable', count: 15 } as const;
  expect(fittingDesign(design, 12)).toEqual(design);
  expect(fittingDesign({ ...design, perClass: 2 }, 12)).toEqual({ ...design, count: 12, perClass: 2 });
  expect(fittingDesign({ ...design, perClass: 3 }, 3)).toEqual({ ...design, count: 3, perClass: 3 });
});
