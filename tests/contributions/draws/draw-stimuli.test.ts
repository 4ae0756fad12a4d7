import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnchorDesign, AnchorRule } from '../../../main/contract/stimuli/stimuli.ts';
import { type AnchorSearch, drawStimuli } from '../../../main/contributions/draws/draw-stimuli.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { latentPoint } from '../../../main/domain/anchors/latents.ts';
import { paperPairs, resolvePairs } from '../../../main/domain/anchors/pair-design.ts';

describe('a draw of stimuli', () => {
  const search: AnchorSearch = {
    seed: 5,
    space: { z: 4, classes: 0 },
    classes: Array.from({ length: 10 }, (_, k) => ({
      candidates: Array.from({ length: 6 }, (__, n) => 100 * k + n),
      clear: Array.from({ length: 40 }, (__, n) => 100 * k + n),
    })),
  };
  const design = { alphas: alphas(11), interpolation: 'linear' } as const;

  it('has the samples’ own latent points at its ends, and depends on search, rule and design alone', () => {
    const rules: AnchorRule[] = [{ kind: 'best' }, { kind: 'clear', seed: 3 }, { kind: 'candidate', seed: 3 }];
    const designs: AnchorDesign[] = [{ kind: 'one' }, { kind: 'several', perClass: 2 }, { kind: 'fresh' }];
    for (const rule of rules) {
      for (const anchorDesign of designs) {
        const drawn = drawStimuli(search, rule, { ...design, pairs: paperPairs, anchorDesign });
        expect(drawStimuli(search, rule, { ...design, pairs: paperPairs, anchorDesign })).toEqual(drawn);
        drawn.images.forEach(({ pairI, pairJ, alpha, anchorI, anchorJ }, n) => {
          if (alpha > 0 && alpha < 1) return;
          const [k, id] = alpha === 0 ? [pairI, anchorI] : [pairJ, anchorJ];
          const sample = at(at(drawn.anchors, k), Number(id ?? 1) - 1);
          expect([...drawn.latents.subarray(n * 4, (n + 1) * 4)]).toEqual([
            ...latentPoint(5, sample, { z: 4, classes: 0 }),
          ]);
        });
      }
    }
  });

  it('with fresh anchors has no sample twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(1000), (perClass, seed) => {
        const pairs = resolvePairs({ kind: 'balanced', perClass, seed: 1 }, 10);
        const anchorDesign = { kind: 'fresh' } as const;
        const { anchors } = drawStimuli(search, { kind: 'clear', seed }, { ...design, pairs, anchorDesign });
        const all = anchors.flat();
        expect(all).toHaveLength(2 * pairs.length);
        expect(new Set(all).size).toBe(all.length);
      }),
      { numRuns: 20 },
    );
  });
});
