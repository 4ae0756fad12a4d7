import { expect, test } from 'vitest';
import { imageFinder } from '../../../main/contributions/answers/tables/image-finder.ts';

test.each([
  ['cat/0007.jpg', 7],
  ['test/cat/0007.png', 7],
  ['cat/0007', 7],
  ['0007.jpg', undefined],
  ['0002.jpg', 2],
  ['0013_s1_0002_cat.jpg', undefined],
  ['dog/0002.jpg', undefined],
  ['automobile/0001.jpg', undefined],
  ['cat/0001.jpg', undefined],
  ['2', 2],
  ['2.0', 2],
  ['9', undefined],
])('%s is image %s of test images of classes', (cell, image) => {
  const files = ['airplane/0001.jpg', 'cat/0002.jpg', 'cat/0007.jpg', 'dog/0007.jpg'];
  const images = [1, 2, 7, 8].map((id) => ({ id, pairI: null, pairJ: null, alpha: null, z: null }));
  const find = imageFinder({ source: 'test-images', provenance: { files }, images });
  expect(find(cell)).toBe(image);
  // Numbers in names of files are no ids of test images.
  expect(imageFinder({ source: 'test-images', provenance: {}, images })('cat/0007.jpg')).toBeUndefined();
});

test('prefixes of a name are passed over', () => {
  const images = [4, 5].map((id) => ({ id, pairI: null, pairJ: null, alpha: null, z: null }));
  const find = imageFinder({ source: 'imported', provenance: { files: ['cat-a.png', 'dog-b.png'] }, images });
  expect([find('0012_s01_dog-b.png'), find('0012_s01_dog-c.png')]).toEqual([5, undefined]);
});

test('the copies of an image that model-vs-human makes for people and for models are one image', () => {
  const images = [4, 5, 6].map((id) => ({ id, pairI: null, pairJ: null, alpha: null, z: null }));
  const files = ['cr_oven_40_n04111531_14126', 'bw_oven_40_n04111531_14126', 'bw_cat_40_n02123045_7'].map(
    (name, at) => `session-1/000${at}_cl_dnn_${name}.png`,
  );
  const find = imageFinder({ source: 'test-images', provenance: { files }, images });
  expect(find('0317_cl_s01_bw_oven_40_n04111531_14126.png')).toBe(5);
  expect(find('0000_cl_dnn_cr_oven_40_n04111531_14126.png')).toBe(4);
  expect(find('0317_cl_s01_bw_cat_40_n02123045_8.png')).toBeUndefined();
});
