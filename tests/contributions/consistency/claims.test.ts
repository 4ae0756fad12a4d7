import { expect, test } from 'vitest';
import { shownInterval } from '../../../main/analysis/claims/claims.ts';
import type { AnalysisInput } from '../../../main/analysis/outcomes/input.ts';
import { humanModelKappa, modelKappa } from '../../../main/contributions/consistency/analysis/statistics.ts';
import { claimText } from '../../../main/domain/results/claims.ts';
import { images, model, second, study } from '../../analysis/claimed-study.ts';
import { sidesOf } from '../../analysis/sides-of.ts';

test('whose networks err on the same images is about networks alone where true classes are known', () => {
  const input = study({
    models: ['a', 'b', 'c'].map((name) => model(name, 98)),
    people: (labeler, image) => (image % (labeler + 3) === 0 ? (images[image]?.pairI ?? 0) : second(labeler, image)),
  });
  const truth = images.map((image) => ({ ...image, truth: image.pairI }));
  const sideOf = (of: AnalysisInput) => {
    const claims = sidesOf(of)[0]?.claims;
    if (!claims) throw new Error('no side');
    return claims;
  };
  const [byMajority, byTruth] = [sideOf(input), sideOf({ ...input, images: truth })];
  expect(byMajority.jackknife.withoutLabelers(modelKappa)).toHaveLength(6);
  expect(byTruth.jackknife.withoutLabelers(modelKappa)).toBeNull();
  const shown = (side: typeof byTruth, value: typeof modelKappa, claim: 'people' | 'all') => {
    const of = shownInterval(value, [side], claim);
    expect(of.reason).toBeNull();
    return [of.claim, claimText(of, 'people').replace(/^.*same way, /, '')];
  };
  expect(shown(byMajority, modelKappa, 'people')).toEqual([
    'people',
    'and other people like these (recruited in the same way), with these very networks',
  ]);
  expect(shown(byTruth, modelKappa, 'people')).toEqual([
    'anchors',
    'with these very networks, saying nothing about new trainings',
  ]);
  expect(shown(byTruth, modelKappa, 'all')).toEqual([
    'networks',
    'and other networks like these (new seeds; of a group of recipes, also other such recipes)',
  ]);
  // People are asked here, whoever is right.
  expect(shown(byTruth, humanModelKappa, 'people')[0]).toBe('people');
});
