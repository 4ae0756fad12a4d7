import type { OutsideKind } from '../contract/outside-models.ts';

/** The group of all models of a study that were not trained here. */
export const outsideTitle = 'Outside models';

/** What stands in place of an architecture. */
export const outsideKindNames: Record<OutsideKind, string> = {
  table: 'Table of answers',
  onnx: 'ONNX',
  'image-text': 'Image-text',
};
