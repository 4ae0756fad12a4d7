import { expect, test } from 'vitest';
import { inspectionWords } from '../../../main/contributions/images/inspection-words.ts';

test('sizes of images that were looked at are not said of all', () => {
  const found = {
    classes: ['cat', 'dog'].map((name) => ({ name, train: 500, test: null })),
    sizes: [
      { width: 12, height: 12 },
      { width: 40, height: 30 },
    ],
    isColored: true,
  };
  expect(inspectionWords({ ...found, looked: null })).toBe(
    '1,000 images in 2 classes; 12 × 12 to 40 × 30 pixels, in color',
  );
  expect(inspectionWords({ ...found, looked: 32 })).toBe(
    '1,000 images in 2 classes; the 32 images looked at so far: 12 × 12 to 40 × 30 pixels, in color',
  );
});
