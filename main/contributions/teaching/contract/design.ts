import { z } from 'zod';
import { hashSchema, seedSchema, targetSchema } from '../../../contract/recipes/index.ts';
import { setting } from '../../../contract/settings/index.ts';
import type { Study } from '../../../contract/studies/index.ts';
import { targetArms } from '../../contrasts/contract/target-arms.ts';

/** The halves of the people: where one teaches, the other examines. */
export const halfNames = ['a', 'b'] as const;
export type Half = (typeof halfNames)[number];

const armSchema = z.enum(targetArms);
export const halfSchema = z.enum(halfNames);
const entryNameSchema = z.string().min(1).max(64);
export const mostFolds = 20;
export const mostSeeds = 1000;
export const foldSchema = z.int().min(1).max(mostFolds);

/** Temperatures that the arm `distill` chooses from, unless others are asked for. */
export const usualTemperatures = [0.5, 1, 1.5, 2, 3, 4, 6, 8];

const temperatureSchema = z
  .number({ error: ({ input }) => `"${String(input)}" is not a number` })
  .gt(0)
  .lte(100);

/** How the arm `distill` gets its targets. */
export const distillationSchema = z.strictObject({
  teachers: setting(z.array(entryNameSchema).min(1).max(100).optional(), {
    title: 'Networks that teach',
    help: 'Names of entries of `models`, whose networks teach together',
    absent: 'all diverse ones without a collection',
    isHidden: true,
  }),
  target: setting(targetSchema.optional(), {
    title: 'Target of the teachers',
    help: 'Of the snapshots that teach',
    absent: 'the first target of each entry',
    isHidden: true,
  }),
  temperatures: setting(z.array(temperatureSchema).min(1).max(50).default(usualTemperatures), {
    title: 'Temperatures to choose from',
    help: 'One is chosen for each part, on its training images alone',
  }),
});

/** How the arm `person` trains networks of the base entry on, each by the labels of one person who teaches. */
export const tuningSchema = z.strictObject({
  target: setting(targetSchema.clone().optional(), {
    title: 'Target to start from',
    help: 'Of the snapshots that tuning starts from',
    absent: 'the first target of the entry',
    isHidden: true,
  }),
  epochs: setting(z.number().gt(0).max(100).default(1), {
    title: 'Epochs',
    help: 'Further training of networks of the recipe with one person’s labels; each seed needs a trained one',
  }),
  stepSize: setting(z.number().gt(0).max(10).optional(), {
    title: 'Learning rate',
    help: 'Of this training',
    absent: 'that of the recipe',
    step: 0.0001,
  }),
});

/** What was made of a study's labels: files of targets by their hashes. It decides the recipes, so it is declared. */
const madeSchema = z.strictObject({
  /** The frozen set, and the file of its pixels. */
  stimuli: hashSchema,
  pixels: hashSchema,
  /** Hash of the labels that it was made from. */
  labels: hashSchema,
  /** File that says who and what made each target (`record.ts`). */
  record: hashSchema,
  /** `fold`: the one whose images are held out, from 1. `teachers`: the half whose labels made the targets. */
  cells: z
    .array(
      z.strictObject({
        arm: armSchema,
        fold: foldSchema,
        teachers: halfSchema,
        targets: hashSchema,
        /** Only for the arm `person`: the number of the seed, from 0, and the weights that its network starts from. */
        tuned: z
          .strictObject({
            seed: z
              .int()
              .min(0)
              .max(mostSeeds - 1),
            start: hashSchema,
          })
          .optional(),
      }),
    )
    .min(1)
    .max((targetArms.length + mostSeeds) * mostFolds * halfNames.length),
});
export type MadeTargets = z.infer<typeof madeSchema>;

/** Parts of the form of an experiment. */
export const teachingCards = ['Networks', 'Held out', 'Outcome'] as const;
const [networks, heldOut, outcomes] = teachingCards;

/**
 * An experiment that teaches networks the same images by different targets, made of the study's labels. Folds go over pairs
 * with all that share an anchor, or over images that lie between no classes. Each cell is an arm, a held-out fold and a half
 * of people who teach, trained with `seeds` seeds, the same ones in every cell.
 */
export const teachingSchema = z.strictObject({
  name: setting(
    z
      .string()
      .max(24)
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,23}$/, 'letters, digits, space, dot, dash and underscore; 24 at most')
      .default('teach'),
    { title: 'Name', help: 'Names of its models begin with it, and it is their collection', card: networks },
  ),
  base: setting(entryNameSchema, {
    title: 'Recipe that all have',
    help: 'Name of an entry of `models` whose recipe all networks have, except their soft labels',
    isHidden: true,
  }),
  arms: setting(z.array(armSchema).min(2).max(targetArms.length), {
    title: 'Arms',
    help: 'What networks are taught ([metrics.md](../../../docs/metrics.md#17-labels-as-teachers)). `alpha_hard` and `alpha_soft` need images between two classes, `truth` needs images with true classes, `human_forced` either, `person` labels of known people',
    isHidden: true,
  }),
  reference: setting(armSchema.clone().optional(), {
    title: 'Compared with',
    help: 'The arm that others are compared with; not `person`',
    absent: 'the first other one',
    isHidden: true,
  }),
  folds: setting(foldSchema.min(2).default(5), {
    title: 'Folds',
    help: 'Parts of the images; each is held out once, with all that shares its anchors',
    card: heldOut,
  }),
  directions: setting(z.enum(['one', 'both']).default('one'), {
    title: 'Halves of the people',
    help: 'Which half teaches, and which examines',
    names: { one: 'one way', both: 'both ways' },
    choiceHelp: { one: 'Half a teaches, half b examines', both: 'The reverse, too: twice the networks' },
    card: heldOut,
  }),
  share: setting(z.number().gt(0).lte(1).default(0.25), {
    title: 'Share of a batch',
    help: 'Share of these images in each batch; the rest are training images',
    step: 0.05,
    card: networks,
  }),
  seeds: setting(z.int().min(1).max(mostSeeds).default(20), {
    title: 'Seeds',
    help: 'Networks of each arm, held-out fold and half, with the same seeds in every cell',
    card: networks,
  }),
  seed: setting(seedSchema.clone().default(1), {
    title: 'Seed of the design',
    help: 'Decides folds, halves and the networks’ seeds',
    card: heldOut,
  }),
  distill: setting(distillationSchema.optional(), {
    title: 'Distillation',
    help: 'How the arm `distill` gets its teaching targets',
    absent: 'its defaults',
  }),
  person: setting(tuningSchema.optional(), {
    title: 'One person',
    help: 'How the arm `person` trains networks further',
    absent: 'its defaults',
  }),
  outcome: setting(z.enum(['brier', 'nll']).default('brier'), {
    title: 'Differences are tested in',
    help: 'Differences in it are the family of tests that Holm’s method adjusts for',
    names: { brier: 'Brier score', nll: 'log-likelihood' },
    choiceHelp: { brier: 'Brier score against people’s shares', nll: 'Negative log-likelihood of labels' },
    card: outcomes,
  }),
  margin: setting(z.number().gt(0).lt(1).default(0.001), {
    title: 'Margin of accuracy',
    unit: 'share',
    help: 'Largest loss of accuracy on the test images that counts as no worse',
    step: 0.001,
    card: outcomes,
  }),
  made: setting(madeSchema.optional(), {
    title: 'What was made',
    help: 'Files of targets by their hashes. Without it nothing is trained',
    absent: 'nothing yet',
    isHidden: true,
    isOpaque: true,
  }),
});
export type Teaching = z.infer<typeof teachingSchema>;

/** The experiment of a study, which was read with `teachingSchema`; undefined: it declares none. */
export const teachingOf = ({ teaching }: Pick<Study, 'teaching'>): Teaching | undefined =>
  teaching as Teaching | undefined;
