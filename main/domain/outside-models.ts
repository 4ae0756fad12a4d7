import type { OutsideKind } from '../contract/outside-models.ts';

/** The group of all models of a study that were not trained here. */
export const outsideTitle = 'Outside models';

/** What stands in place of an architecture. */
export const outsideKindNames: Record<OutsideKind, string> = {
  table: 'Table of answers',
  onnx: 'ONNX',
  'image-text': 'Image-text',
};

/** Mean and deviation of red, green and blue from 0 to 1, by which most networks for photos were trained. */
export const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Those of OpenAI's CLIP. */
export const clip = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};
