import type { ArmOutcome, TeachingOutcomes } from '../../../main/contributions/teaching/outcomes/tables.ts';

/** Outcomes of three arms, of one of which nothing is known yet. */
export function sampleTeaching(): TeachingOutcomes {
  const effect = { estimate: -0.02, lo: -0.03, hi: -0.01, reason: null };
  const over = { mean: 0.5, std: 0.05, n: 3 };
  const result = {
    against_reference: { nll: effect, brier: effect },
    divergence: { over_seeds: over },
    over_seeds: { nll: over, brier: over },
    test_accuracy: over,
    non_inferiority: null,
    entropy: { r: null, corrected: null },
    flip_error: null,
  };
  const arms = [
    { arm: 'human', result, adjusted: 0.01, apart: [{ image: 3 }] },
    { arm: 'majority', result: { ...result, against_reference: null }, adjusted: null, apart: [] },
    { arm: 'truth', result: null, adjusted: null, apart: [] },
  ] as unknown as ArmOutcome[];
  const floor = { n: 4, nll_floor: 0.4, nll_ceiling: 0.6, brier_floor: 0.4, brier_ceiling: 0.6 };
  const people = { teaching: 5, examining: 5 };
  const direction = { teachers: 'a', people, images: 165, order: 2, arms, own: null };
  const bounds = { ...floor, js_floor: null, js_ceiling: 0.1 };
  return {
    name: 'taught',
    target: 98,
    reference: 'majority',
    outcome: 'nll',
    margin: 0.01,
    simulated: true,
    halvesOf: 'people',
    outdated: false,
    accuracyOf: 'test images',
    missing: [],
    directions: [{ ...direction, floor: bounds }],
  } as TeachingOutcomes;
}
