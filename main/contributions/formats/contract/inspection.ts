import { z } from 'zod';
import { findingsSchema } from '../../../contract/results/index.ts';
import { cifarLabelsSchema, dataSetSchema, folderSourceSchema } from '../../../contract/studies/index.ts';
import { imagesSchema } from '../../../contract/api/index.ts';

const count = z.int().min(0);

const declared = folderSourceSchema.shape;

/**
 * What a person chose of the images; what is absent is proposed. Of an image folder anything but `labels`; of CIFAR files
 * name, `classes`, `labels` and, as `folders`, the names of the classes to take; of others name and `classes`.
 */
export const folderChoiceSchema = z
  .strictObject({
    name: declared.name,
    channels: declared.channels,
    width: declared.width,
    height: declared.height,
    // Without their defaults, which are not what was chosen.
    resize: declared.resize.unwrap(),
    background: declared.background.unwrap(),
    split: declared.split.unwrap(),
    folders: declared.folders.unwrap(),
    classes: declared.classes.unwrap(),
    labels: cifarLabelsSchema,
  })
  .partial();
export type FolderChoice = z.infer<typeof folderChoiceSchema>;

/** What lies at a path, from a look at some of the images. */
export const inspectionSchema = z.strictObject({
  /** The declaration for a study file, complete: what was chosen, and proposals for the rest. */
  source: dataSetSchema,
  /** In words: `Image folder`. */
  kind: z.string(),
  /** Images of each class, by label. `test` null: the split decides. */
  classes: z.array(z.strictObject({ name: z.string(), train: count, test: count.nullable() })),
  /** Whether test images are drawn here, as the folder has no parts. */
  isSplit: z.boolean(),
  /** Size of the images as they are: smallest and largest of those that were looked at. */
  sizes: z.array(z.strictObject({ width: count, height: count })).max(2),
  /** Images that were looked at; null: all, or nothing can differ between them. */
  looked: count.nullable(),
  /** Whether a person may choose fine or coarse labels, as of CIFAR-100. */
  hasCoarseLabels: z.boolean(),
  /** Whether any image that was looked at has colors. */
  isColored: z.boolean(),
  /** Some images as networks will see them, in the order of the classes, and the class of each. */
  preview: z.strictObject({ images: imagesSchema, labels: z.array(count) }),
  /** What is left out so far, and other remarks. */
  leftOut: findingsSchema.shape.leftOut,
  notes: z.array(z.string()),
  /** Preparing them takes about this long, and this much disk. */
  seconds: z.number().min(0),
  bytes: z.number().min(0),
});
export type Inspection = z.infer<typeof inspectionSchema>;

/** Some training images of each class, uint8 [count, height, width, channels] as base64, those of a class together; `labels`: of each. */
export const classPicturesSchema = z.strictObject({ pixels: z.base64(), labels: z.array(z.int()) });
export type ClassPictures = z.infer<typeof classPicturesSchema>;
