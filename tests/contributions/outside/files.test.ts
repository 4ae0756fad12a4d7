import { expect, test } from 'vitest';
import { clip, imageNet } from '../../../main/contributions/outside/contract/files.ts';

test('means and deviations are those that ImageNet’s and CLIP’s models were trained with', () => {
  // torchvision.transforms.Normalize in PyTorch's documents of its models; `_transform` in clip/clip.py of OpenAI's CLIP.
  expect(imageNet).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
  expect(clip).toEqual({
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  });
  // White and black as CLIP sees them, by hand.
  const seen = (value: number) => clip.mean.map((mean, k) => Number(((value - mean) / (clip.std[k] ?? 0)).toFixed(3)));
  expect([seen(1), seen(0)]).toEqual([
    [1.93, 2.075, 2.146],
    [-1.792, -1.752, -1.48],
  ]);
});
