import { z } from 'zod';
import { findingsSchema } from '../../contract/results/index.ts';
import { accuracyTargetSchema, architectureKinds, channelsSchema, hashSchema } from '../../contract/recipes/index.ts';
import { setting } from '../../contract/settings/index.ts';
import { dataSetSchema, studyNamesSchema } from '../../contract/studies/index.ts';
import { classPicturesSchema } from '../formats/contract/inspection.ts';
import { costSchema } from '../../contract/api/index.ts';

const count = z.int().min(0);

/** Images that were read: what there is, and some to show. */
export const readySchema = z.strictObject({
  type: z.literal('ready'),
  /** What a study declares: as it was asked for, or what stands for an uploaded file. */
  source: dataSetSchema,
  /** When the images were read, in milliseconds since 1970; 0: they came with an archive; null: just now. */
  preparedAt: z.number().nullable(),
  /** Whether their files are not there any more; else those that were read earlier have not changed since. */
  areFilesGone: z.boolean(),
  hash: hashSchema,
  width: z.int(),
  height: z.int(),
  channels: channelsSchema,
  train: count,
  test: count,
  classes: z.array(z.strictObject({ name: z.string(), train: count, test: count })),
  /** Null: IDX files, of which nothing is left out, or images of an archive. */
  findings: findingsSchema.nullable(),
  preview: classPicturesSchema,
});
export type ReadyImages = z.infer<typeof readySchema>;

/** What a person decides of a new study. */
export const newStudySchema = z.strictObject({
  target: setting(accuracyTargetSchema.clone(), {
    title: 'Target accuracy',
    unit: '%',
    isHidden: true,
    help: 'All networks are stopped at the same accuracy on test images, so that they differ in what they learned and not in how much (the paper’s rule)',
  }),
  perArchitecture: setting(z.int().min(1).max(3).default(3), {
    title: 'Networks of each architecture',
    help: 'MLP, CNN and Vision Transformer, in the paper’s recipes',
  }),
  stimuli: setting(z.enum(['blended', 'generated', 'test-images']).default('blended'), {
    title: 'Stimuli',
    help: 'What makes the images',
    showsAll: true,
    names: {
      blended: 'blend two real images',
      generated: 'train a generator on these images',
      'test-images': 'take test images as they are',
    },
    choiceHelp: {
      blended: 'Real test images, mixed step by step. No generator is trained',
      generated:
        'Images are drawn by a generator, as in the paper. Takes much longer, and needs a thousand images a class or more',
      'test-images': 'A balanced sample of test images. None lies between classes, so nothing is measured along alpha',
    },
  }),
  simulated: setting(z.int().min(0).max(100).default(0), {
    title: 'Simulated labelers',
    help: '0: only people label. More: a rehearsal, marked wherever it shows',
  }),
  ...studyNamesSchema.shape,
});

export const newStudyPlanSchema = newStudySchema.extend({
  source: dataSetSchema,
  /** Target of the classifier that proposes anchors; null: `target`. */
  referenceTarget: accuracyTargetSchema.nullable(),
});
export type NewStudyPlan = z.infer<typeof newStudyPlanSchema>;

export const proposalSchema = z.strictObject({
  /** Pairs of classes (0: the stimuli lie between none), and stimuli in all. */
  pairs: count,
  stimuli: count,
  models: count,
  /** Points around the target within which a network is stopped. */
  tolerance: z.number(),
  maxEpochs: z.number(),
  cost: costSchema,
});
export type Proposal = z.infer<typeof proposalSchema>;

export const probedSchema = z.strictObject({
  type: z.literal('probed'),
  steps: count,
  /** Percent of all test images that a network of each architecture got right. */
  accuracies: z.array(z.strictObject({ kind: z.enum(architectureKinds), accuracy: z.number() })),
  /** Null: too little was learned to propose one. */
  target: z.number().nullable(),
  referenceTarget: z.number().nullable(),
});
export type Probed = z.infer<typeof probedSchema>;
