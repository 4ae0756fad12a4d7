import { expect, test } from 'vitest';
import { randomStream } from '../../../main/domain/random/random.ts';
import { drawMix, mainLabels } from '../../../main/training/classifier/mixup.ts';

// Beta(a, a) has the mean 1/2 and the variance 1 / (4 (2 a + 1)).
test.each([0.2, 1, 4])('shares with alpha %s are of Beta(alpha, alpha), partners a permutation', (alpha) => {
  const stream = randomStream(3, 'mixup');
  const mixes = Array.from({ length: 4000 }, () => drawMix(alpha, 5, stream));
  const shares = mixes.map(({ share }) => share);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  expect(variance * 4 * (2 * alpha + 1)).toBeCloseTo(1, 1);
  expect(mixes.every(({ partner }) => [...partner].sort().join('') === '01234')).toBe(true);
  expect(new Set(mixes.map(({ partner }) => partner.join(''))).size).toBe(120);
});

test('very small alphas give shares of 0 and 1, never NaN', () => {
  const stream = randomStream(4, 'mixup');
  const shares = Array.from({ length: 200 }, () => drawMix(0.001, 2, stream).share);
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  expect(shares.filter((share) => share > 0.5).length).toBeGreaterThan(60);
});

test('an image counts as the class that it has most of', () => {
  const labels = Int32Array.of(7, 8, 9);
  const partner = Uint32Array.of(1, 2, 0);
  expect([...mainLabels({ labels, mix: { share: 0.4, partner } })]).toEqual([8, 9, 7]);
  expect([...mainLabels({ labels, mix: { share: 0.6, partner } })]).toEqual([7, 8, 9]);
});
