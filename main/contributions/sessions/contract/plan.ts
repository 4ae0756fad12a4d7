import { z } from 'zod';
import { setting } from '../../../contract/settings/index.ts';
import { planCards, type SessionContext, shownPlanSchema, text, whole } from './shown-plan.ts';

const [, order, trials] = planCards;

/** How people label in sessions: everything that a session's form, its page and its texts read. */
export const labelingPlanSchema = z.strictObject({
  ...shownPlanSchema.shape,
  names: setting(z.array(text(100)).min(2).max(1000), {
    title: 'Names of the answers',
    help: 'The classes as people read them, in the order of the stimulus set’s classes',
    isHidden: true,
    usual: ({ classes }: SessionContext) => [...classes],
  }),
  // Absent in plans of earlier versions.
  keys: setting(z.array(z.string().max(2)).min(2).max(1000).optional(), {
    title: 'Keys of the answers',
    help: 'What a person presses for each answer, in order: one character each, or two each',
    absent: 'digits, then letters, by place',
    isHidden: true,
  }),
  cannotTell: setting(text(100).nullable().default(null), {
    title: 'Answer “can’t tell”',
    help: 'Name of the answer without a class, which the analysis treats as no answer. `null`: not offered',
    isHidden: true,
  }),
  people: setting(whole(1, 1000).default(10), { title: 'People', help: 'How many are planned', card: order }),
  order: setting(
    z.strictObject({
      blocks: setting(whole(1, 50).default(1), { title: 'Blocks', help: 'Between them people take breaks' }),
      apart: setting(whole(1, 50).default(3), {
        title: 'Minimum gap between neighbors',
        help: 'In positions, between neighboring alphas of a pair. With 3, two other images come between them; with 1, none',
      }),
      seed: setting(whole(0, 0xffff_ffff), { title: 'Seed of the orders', help: 'Each person gets a different order' }),
      // Plans of earlier versions lack it and keep their orders.
      practice: setting(z.literal('different-anchors').optional(), {
        title: 'Practice images',
        help: 'Practice shows different anchors, none twice in a row, if there are enough',
        isHidden: true,
      }),
    }),
    { title: 'Order of the images', help: 'Blocks, gaps and seed', card: order },
  ),
  perPerson: setting(whole(1, 100_000).nullable().default(null), {
    title: 'Images per person',
    help: 'Each image gets the same number of labelers, or one more',
    absent: 'all',
    card: order,
  }),
  practice: setting(whole(0, 100), {
    title: 'Practice',
    help: 'Shown first, and called practice',
    usual: ({ images }: SessionContext) => Math.min(5, images),
    card: trials,
  }),
  repeats: setting(whole(0, 5000), {
    title: 'Hidden repeats',
    help: 'Images shown a second time, unannounced. They measure how consistent a person is',
    usual: ({ images }: SessionContext) => Math.min(20, Math.floor(images / 10)),
    card: trials,
  }),
  repeatApart: setting(whole(1, 1000).default(20), {
    title: 'Minimum gap before a repeat',
    help: 'In positions after the first time, if there is room',
    card: trials,
  }),
  attention: setting(whole(0, 200).default(0), {
    title: 'Attention trials',
    help: 'Clear images with a known class',
    card: trials,
  }),
});
export type LabelingPlan = z.infer<typeof labelingPlanSchema>;

/** Version number of each text, which increases with every change. */
export const textVersionsSchema = z.strictObject({
  question: z.int().min(1),
  labels: z.int().min(1),
  instructions: z.int().min(1),
  consent: z.int().min(1),
});
export type TextVersions = z.infer<typeof textVersionsSchema>;

/** Purpose of a trial. Only real trials are analyzed. */
export const trialKinds = ['real', 'repeat', 'practice', 'attention'] as const;
export type TrialKind = (typeof trialKinds)[number];

/** An image in the order of a session. */
export interface Trial {
  readonly image: number;
  readonly kind: TrialKind;
  /** From 1; practice belongs to the first block. */
  readonly block: number;
}

export const mediumSchema = z.enum(['screen', 'kit', 'paper']);
export type Medium = z.infer<typeof mediumSchema>;
