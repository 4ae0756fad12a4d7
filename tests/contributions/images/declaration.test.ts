import { expect, test } from 'vitest';
import type { Confusion } from '../../../main/contract/runs/generator.ts';
import { designFor } from '../../../main/contributions/images/declaration.ts';
import { proposedReferenceTarget, proposedTarget } from '../../../main/contributions/images/target.ts';
import { pairCount, resolvePairs } from '../../../main/domain/anchors/pair-design.ts';
import { randomStream } from '../../../main/domain/random/random.ts';

const confusionOf = (softmax: number[][]): Confusion => ({
  images: softmax.map(() => 10),
  called: softmax.map((row) => row.map(() => 0)),
  softmax,
});

test('there are as many confused pairs as a new study of any number of classes asks for, whatever is confused', () => {
  for (let classes = 11; classes <= 40; classes++) {
    const design = designFor(classes);
    for (let seed = 1; seed <= 8; seed++) {
      const random = randomStream(seed, 'confusion', String(classes));
      const softmax = Array.from({ length: classes }, () => Array.from({ length: classes }, () => random.float()));
      expect(resolvePairs(design, classes, confusionOf(softmax))).toHaveLength(pairCount(design, classes));
    }
  }
});

test('targets suit the images', () => {
  const reached = (mlp: number, cnn: number, vit: number) => [
    { kind: 'mlp' as const, accuracy: mlp },
    { kind: 'cnn' as const, accuracy: cnn },
    { kind: 'vit' as const, accuracy: vit },
  ];
  // The lowest, rounded down to half a point.
  expect(proposedTarget(reached(84.4, 88.1, 80.7), 10)).toBe(80.5);
  expect(proposedTarget(reached(100, 100, 100), 2)).toBe(99.5);
  expect(proposedTarget(reached(60, 60, 54.9), 2)).toBeNull();
  expect(proposedReferenceTarget(reached(84.4, 88.1, 80.7), 80.5)).toBe(88);
  expect(proposedReferenceTarget(reached(84.4, 70, 80.7), 80.5)).toBe(80.5);
});
