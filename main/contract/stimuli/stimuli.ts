import { z } from 'zod';
import { hashSchema, seedSchema } from '../recipes/recipes.ts';
import type { ResponseKind } from './responses.ts';
import { setting } from '../settings/settings.ts';

/** What defaults and limits of images between two classes depend on: the number of classes, and the present pairs. */
export interface PairContext {
  readonly classes: number;
  readonly pairs: readonly (readonly [number, number])[];
}

/** What defaults and limits of test images as stimuli depend on. */
export interface TestPartContext {
  /** Images of the test part; null: not known yet. */
  readonly total: number | null;
  /** Whether there is a reference classifier. */
  readonly reference: boolean;
}

/** A seed as a setting. */
export const seedOf = (help: string) => setting(seedSchema.clone(), { title: 'Seed', help, usual: () => 1 });

/** Which classes are interpolated (`resolvePairs` in main/domain/anchors/pair-design.ts; docs/metrics.md 12). */
export const pairDesignSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('paper') }),
  z.strictObject({ kind: z.literal('auto') }),
  z.strictObject({
    kind: z.literal('balanced'),
    perClass: setting(z.int().min(1).max(999), {
      title: 'Pairs of each class',
      help: 'In how many pairs each class is',
      most: ({ classes }: PairContext) => classes - 1,
      misfit: (pairs, { classes }) => ((pairs * classes) % 2 === 0 ? null : `${classes} × ${pairs} is odd`),
      usual: ({ classes }) => [3, 2, 1].find((pairs) => pairs < classes && (pairs * classes) % 2 === 0) ?? 1,
    }),
    seed: seedOf('Selects one of the possible designs'),
  }),
  z.strictObject({
    kind: z.literal('confusable'),
    count: setting(z.int().min(1).max(100_000), {
      title: 'Pairs',
      help: 'Number of pairs',
      most: ({ classes }: PairContext) => Math.min(100, (classes * (classes - 1)) / 2),
      usual: ({ classes }) => Math.min(15, (classes * (classes - 1)) / 2),
    }),
    perClass: setting(z.int().min(1).max(999).optional(), {
      title: 'Pairs of a class at most',
      help: 'A class is in no more of them',
      absent: 'no limit',
      most: ({ classes }: PairContext) => classes - 1,
    }),
  }),
  z.strictObject({
    kind: z.literal('listed'),
    pairs: setting(
      z
        .array(z.tuple([z.int().min(0), z.int().min(0)]))
        .min(1)
        .max(100_000),
      {
        title: 'List of pairs',
        help: 'Such as `[[0, 1], [4, 9]]`: class indexes, the lower one first',
        usual: ({ pairs }: PairContext) => pairs.map(([i, j]): [number, number] => [i, j]),
      },
    ),
  }),
]);
export type PairDesign = z.infer<typeof pairDesignSchema>;

/**
 * The anchor of a class: an index into its candidates, best first, or a given latent point (every number a
 * float32). `from`: the sample that it is or was moved away from, number `sample` of those that `seed` draws.
 */
const anchorSchema = z.union([
  z.int().min(0),
  z.strictObject({
    z: z.array(z.number().min(-100).max(100)).min(1).max(1024),
    from: z
      .strictObject({ seed: seedSchema, sample: z.int().min(0) })
      .nullable()
      .default(null),
  }),
]);
export type AnchorSpec = z.infer<typeof anchorSchema>;

/** Anchors of a class that a person chose: one, or a list. The rule chooses those that the design needs beyond them. */
export const classAnchorsSchema = z.union([anchorSchema, z.array(anchorSchema).max(1000)]);
export type ClassAnchors = z.infer<typeof classAnchorsSchema>;

/** What an anchor may be called in a file: nothing that a spreadsheet would run, or that breaks a row of CSV. */
export const anchorIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** How pairs share anchors. */
export const anchorDesignSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('one') }),
  z.strictObject({
    kind: z.literal('several'),
    perClass: setting(z.int().min(2).max(100), {
      title: 'Anchors of each class',
      help: 'Its pairs take turns using them',
      usual: () => 2,
    }),
  }),
  z.strictObject({ kind: z.literal('fresh') }),
]);
export type AnchorDesign = z.infer<typeof anchorDesignSchema>;

/** What a form says of `anchorDesignSchema`. */
export const anchorDesignFacts = {
  title: 'Anchors',
  help: 'How pairs share anchors',
  names: { one: 'one a class', several: 'several a class', fresh: 'fresh for every pair' },
  choiceHelp: {
    one: '10 in the paper’s 15 pairs',
    several: '20 in these pairs with 2',
    fresh: 'Two for each pair, so pairs are independent',
  },
};

/** Which anchors are chosen where a person chose none (`clearConfidence` in main/domain/stimuli/candidates.ts). */
export const anchorRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('best') }),
  z.strictObject({ kind: z.literal('clear'), seed: seedOf('Of the random choice') }),
  z.strictObject({ kind: z.literal('candidate'), seed: seedOf('Of the random choice') }),
]);
export type AnchorRule = z.infer<typeof anchorRuleSchema>;

const ruleFacts = {
  title: 'Chosen by',
  help: 'Which anchors are chosen where none is chosen by hand. Any: at random. Clear: the reference classifier’s softmax of the class is 0.95 or more',
};

/** What a form says of `anchorRuleSchema`. */
export const anchorRuleFacts = {
  ...ruleFacts,
  names: { best: 'best candidates', clear: 'any clear sample', candidate: 'any candidate' },
  choiceHelp: { best: 'Best candidates, as in the paper' },
};

/** Images between two classes, whatever makes them. */
const between = {
  candidatesPerClass: setting(z.int().min(1).max(1000).default(24), {
    title: 'Candidates of a class',
    help: 'Number of good and different images of each class to choose from',
    isHidden: true,
  }),
  // Absent: see `withDesign`.
  design: setting(pairDesignSchema.optional(), {
    title: 'Pair design',
    help: 'Which classes are interpolated',
    absent: '`paper` for MNIST, `auto` for other data sets',
    names: {
      paper: 'paper (15 pairs)',
      auto: 'suggested',
      confusable: 'most confused',
      listed: 'chosen by hand',
    },
    choiceHelp: {
      paper: 'The paper’s 15 pairs, for ten classes',
      auto: 'Of 2 to 6 classes all pairs. Of more, balanced with seed 1: three pairs per class for 8 or 10 classes, two for 12 to 20 and every odd number, one for more',
      balanced: 'Every class in the same number of pairs',
      confusable: 'Those that the reference classifier confuses most on the test images',
    },
    isOffered: (kind, { classes }: PairContext) =>
      kind === 'paper' ? classes === 10 : kind === 'auto' ? classes !== 10 : kind !== 'confusable' || classes > 2,
  }),
  alphas: setting(z.int().min(2).max(1001).default(11), {
    title: 'Images per pair',
    help: 'Equally spaced from one class to the other, ends included',
    most: () => 101,
  }),
};

export const generatedStimuliSchema = z.strictObject({
  source: z.literal('generated'),
  seed: setting(seedSchema.clone().default(1), {
    title: 'Seed of the search',
    help: 'Of the random z among which anchors are searched',
    isHidden: true,
  }),
  samples: setting(z.int().min(10).max(1_000_000).default(2000), {
    title: 'Samples',
    help: 'How many z are drawn',
    isHidden: true,
  }),
  candidatesPerClass: between.candidatesPerClass,
  anchors: setting(z.array(classAnchorsSchema).max(1000).nullable().default(null), {
    title: 'Anchors chosen by hand',
    help: 'One entry a class: the index of a candidate, 0 is the best; or a latent point, `{"z": [...], "from": {"seed": 1, "sample": 17}}`, its numbers `z` and the sample that it comes from (or `null`); or a list of these. The rule chooses what is needed beyond them; `null`: all',
    isHidden: true,
  }),
  // Declarations of earlier versions have neither.
  anchorDesign: setting(anchorDesignSchema.optional(), { ...anchorDesignFacts, absent: 'one' }),
  anchorRule: setting(anchorRuleSchema.optional(), { ...anchorRuleFacts, absent: 'best' }),
  design: between.design,
  alphas: between.alphas,
  interpolation: setting(z.enum(['linear', 'spherical']).default('linear'), {
    title: 'Interpolation',
    help: 'Of latent points between two anchors',
    showsAll: true,
    choiceHelp: {
      linear: 'The paper’s. In the middle it passes closer to 0, where the generator has seen few latent points',
      spherical: 'Keeps the norm between those of the anchors',
    },
  }),
});

const [best, clear] = anchorRuleSchema.options;

/** Which test images are anchors where a person chose none: as above, or any at random, whatever a classifier says. */
export const blendedRuleSchema = z.discriminatedUnion('kind', [
  best,
  clear,
  z.strictObject({ kind: z.literal('random'), seed: seedOf('Of the random choice') }),
]);
export type BlendedRule = z.infer<typeof blendedRuleSchema>;

/** How two images are mixed: see `blendImages` in main/domain/anchors/real-images.ts. */
export const blendingSchema = z.enum(['pixels', 'linear-light']);
export type Blending = z.infer<typeof blendingSchema>;

/**
 * Stimuli between two real images, without a generator. Anchors are images of the test part, known by their
 * position there, from 0. No network trains on them, but recipes without `landing: 'validation'` are stopped by the accuracy on
 * that part.
 */
export const blendedStimuliSchema = z.strictObject({
  source: z.literal('blended'),
  candidatesPerClass: between.candidatesPerClass,
  anchors: setting(
    z
      .array(z.union([z.int().min(0), z.array(z.int().min(0)).max(1000)]))
      .max(1000)
      .nullable()
      .default(null),
    {
      title: 'Anchors chosen by hand',
      help: 'One entry a class: the position of a test image, from 0, or a list of them',
      isHidden: true,
    },
  ),
  anchorDesign: setting(anchorDesignSchema.default({ kind: 'one' }), anchorDesignFacts),
  anchorRule: setting(blendedRuleSchema.default({ kind: 'random', seed: 1 }), {
    ...ruleFacts,
    names: { best: 'best for the reference', clear: 'any clear image', random: 'any test image' },
    choiceHelp: { best: 'Different images that the reference classifier recognizes best' },
  }),
  design: between.design,
  alphas: between.alphas,
  interpolation: setting(blendingSchema.default('pixels'), {
    title: 'Blending',
    help: 'How two images are mixed',
    showsAll: true,
    names: { pixels: 'pixel values', 'linear-light': 'linear light' },
    choiceHelp: {
      pixels: 'Stored values are mixed linearly, as networks see them and as image editors dissolve images',
      'linear-light':
        'The light of an sRGB display is mixed linearly, as if both images were projected onto one screen',
    },
  }),
});

/** A stimulus set made elsewhere: a folder or zip of PNGs with a CSV manifest (docs/data-formats.md). */
export const importedStimuliSchema = z.strictObject({
  source: z.literal('imported'),
  path: setting(z.string().min(1), {
    title: 'Path',
    help: 'Of a folder or zip of PNG files with a CSV manifest, relative to the study file',
    isHidden: true,
  }),
});

const mostTestImages = 100_000;
const testImageCount = z.int().min(1).max(mostTestImages);
const testImagePositions = z.array(z.int().min(0)).min(1).max(mostTestImages);

/** Test images that a person labels in half an hour. @param total how many there are; null: not known yet */
export const usualImageCount = (total: number | null): number => Math.min(200, total ?? mostTestImages);

const countOf = (help: string) =>
  setting(testImageCount.clone(), {
    title: 'Images',
    help,
    most: ({ total }: TestPartContext) => total ?? mostTestImages,
    usual: ({ total }) => usualImageCount(total),
  });
const positionsOf = () =>
  setting(testImagePositions.clone(), {
    title: 'Positions',
    help: 'In the test part, from 0; each once',
    usual: () => [0],
    isHidden: true,
  });

/** Kinds of people's answers whose labels have an entropy: ratings are no labels. */
export const kindsOfLabels = ['single', 'abstain', 'set', 'counts'] as const satisfies readonly ResponseKind[];

/**
 * Which images count as those on which people disagree, by the entropy of their labels in bits (metrics.md 4, of sets 14.3):
 * the `count` images where it is highest, of equal ones the first; or all where it is at least `bits`. Never images on which
 * all agree.
 */
export const disagreementSchema = z.union([
  z.strictObject({ count: countOf('Those with the highest entropy') }),
  z.strictObject({
    bits: setting(z.number().positive().max(10), {
      title: 'Entropy from',
      unit: 'bits',
      help: 'All images with at least this entropy',
      step: 0.1,
      usual: () => 0.5,
    }),
  }),
]);
export type Disagreement = z.infer<typeof disagreementSchema>;

/** Whose answers chose images, and how: a record, as `positions` alone decide which images they are. */
const chosenByPeopleSchema = z.strictObject({
  /** Name of the file, or of the study that has the answers. */
  name: z.string().min(1).max(200),
  /** Id of the answers: `csv:<SHA-256>` of a file, as importers name it, or `labels:<SHA-256>` of a study's labels. */
  answers: z.string().min(1).max(100),
  kind: z.enum(kindsOfLabels),
  /** Test images with labels, among which these were chosen. */
  images: z.int().min(1),
  wanted: disagreementSchema,
  /** The lowest entropy of the chosen images, in bits. */
  lowest: z.number().positive(),
});

export const disagreedChoiceSchema = z.strictObject({
  kind: z.literal('disagreed'),
  positions: positionsOf(),
  by: setting(chosenByPeopleSchema, {
    title: 'Chosen by',
    help: 'A record: `name`, `kind` (`single`, `abstain`, `set`, `counts`) and hash of the `answers` (`csv:` of a file, `labels:` of labels as JSON); `images` with labels; what was `wanted` (a `count`, or all from so many `bits`; never images on which all agree); their `lowest` entropy',
    isHidden: true,
    isOpaque: true,
  }),
});
export type DisagreedChoice = z.infer<typeof disagreedChoiceSchema>;

/** Which images of the test part. */
export const testImageChoiceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('sample'), count: countOf('How many'), seed: seedOf('Of the random choice') }),
  z.strictObject({ kind: z.literal('hardest'), count: countOf('How many') }),
  disagreedChoiceSchema,
  z.strictObject({ kind: z.literal('listed'), positions: positionsOf() }),
]);
export type TestImageChoice = z.infer<typeof testImageChoiceSchema>;

/** Images of the data set's own test part. They have no pair and no alpha; their ids are their positions in that part. */
export const testImageStimuliSchema = z.strictObject({
  source: z.literal('test-images'),
  choose: setting(testImageChoiceSchema, {
    title: 'Which test images',
    help: 'Images of the data set’s own test part, as they are',
    choiceHelp: {
      sample: 'At random, one of each class in turn: class counts differ by one at most, if all have enough',
      hardest: 'Where the largest softmax of the reference classifier is lowest. Findings hold for such images only',
      disagreed:
        'On which people disagree most, by the entropy of labels in a file or in another study of these images',
    },
    isOffered: (kind, { reference }: TestPartContext) => kind !== 'hardest' || reference,
  }),
});
export type TestImageStimuliSpec = z.infer<typeof testImageStimuliSchema>;

/** How a set of test images was made, as it is stored with it, with the true class of each image (`truth`). */
export const testImageProvenanceSchema = z.strictObject({
  source: z.literal('test-images'),
  /** Hash of the data set. */
  dataSet: hashSchema,
  /** Hash of what the run of the test images found. */
  candidates: hashSchema,
  /** Weights of the reference classifier; null: it was not asked. */
  reference: hashSchema.nullable(),
  /** What was declared. */
  choose: testImageChoiceSchema,
  truth: z.array(z.int().min(0)),
  /**
   * The name of each image's file: its path within the folder of the test part, `cat/0000.jpg`. Absent where the source has
   * no files, or their names are not known. Tables of answers name images by them (main/contributions/answers).
   */
  files: z.array(z.string()).optional(),
  run: z.int(),
});

/** What stimuli come from. */
export const stimulusSources = ['generated', 'blended', 'test-images', 'imported'] as const;
export type StimulusSource = (typeof stimulusSources)[number];

export const stimuliSchema = z.discriminatedUnion('source', [
  generatedStimuliSchema,
  blendedStimuliSchema,
  testImageStimuliSchema,
  importedStimuliSchema,
]);
export type GeneratedStimuliSpec = WithDesign<z.infer<typeof generatedStimuliSchema>>;
export type BlendedStimuliSpec = WithDesign<z.infer<typeof blendedStimuliSchema>>;
type WithDesign<Spec> = Spec & { design: PairDesign };
