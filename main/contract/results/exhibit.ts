import { z } from 'zod';
import { targetSchema } from '../recipes/recipes.ts';

/**
 * A table of results, or the numbers that a figure is drawn from, as data: made once in `main/exhibits`, drawn by the page,
 * the HTML report, CSV, JSON and LaTeX. All that belongs beside a number stands in its cell.
 */

export const typeNames = ['type_a', 'both_disagree', 'both_agree', 'type_c'] as const;
export const typeSchema = z.enum(typeNames);
export type TypeName = z.infer<typeof typeSchema>;

/**
 * Which models of a study are compared as one group. `outside`: all that were not trained here; `chosen`: any, by the keys
 * that `results.overview` lists.
 */
export const groupSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('diverse'), target: targetSchema }),
  z.strictObject({
    kind: z.literal('seeds'),
    architecture: z.string().max(64),
    target: targetSchema,
    repeat: z.int().min(0),
  }),
  z.strictObject({ kind: z.literal('outside') }),
  z.strictObject({ kind: z.literal('chosen'), models: z.array(z.string().max(300)).min(1).max(2000) }),
]);
export type Group = z.infer<typeof groupSchema>;

/** A labeler or a model by its name in the matrix of agreement. */
const raterSchema = z.strictObject({ kind: z.enum(['person', 'model']), name: z.string().max(300) });

/** The images that a number counts, or is a mean over. */
export const whichSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('type'), type: typeSchema }),
  /** Inside `both_agree`: people agree on one label, networks on another. */
  z.strictObject({ kind: z.literal('exceptions') }),
  /** Both disagree, or both agree on the same label. */
  z.strictObject({ kind: z.literal('type-b') }),
  /** `determined`: only of images that at least two people labeled. */
  z.strictObject({ kind: z.literal('networks-disagree'), determined: z.boolean() }),
  z.strictObject({ kind: z.literal('people-disagree') }),
  /** The most frequent label has this share of the labels that people gave, percent. */
  z.strictObject({ kind: z.literal('human-certainty'), percent: z.int().min(0).max(100) }),
  /** People agree, and some network predicts another label. */
  z.strictObject({ kind: z.literal('misclassified') }),
  /** Both labeled the image, with different labels. */
  z.strictObject({ kind: z.literal('raters-differ'), a: raterSchema, b: raterSchema }),
  /** A type's images for which some network's largest softmax is in bins `from` to `to` - 1 of `softmaxBin`. */
  z.strictObject({
    kind: z.literal('softmax'),
    type: typeSchema,
    from: z.int().min(0).max(1000),
    to: z.int().min(0).max(1000),
  }),
  /** Bin of calibration: of all networks together, or of any of them. */
  z.strictObject({ kind: z.literal('calibration-bin'), bin: z.int().min(0).max(14), of: z.enum(['ensemble', 'any']) }),
]);
export type Which = z.infer<typeof whichSchema>;

/** The value that the paper prints. */
const paperSchema = z.strictObject({ mean: z.number(), std: z.number().nullable() });

/**
 * For whom a value holds (metrics.md 13.8). `anchors`: these networks and these people, other anchors and pairs;
 * `networks`: and networks like these; `people`: and people like these; `all`: both.
 */
export const claims = ['anchors', 'networks', 'people', 'all'] as const;
export type Claim = (typeof claims)[number];
/** `default`: the widest that the data support, as metrics.md 13.8 says. */
export const claimChoiceSchema = z.enum(['default', ...claims]);
export type ClaimChoice = z.infer<typeof claimChoiceSchema>;

/** A 95 % interval. */
export const intervalSchema = z.strictObject({
  /** Null: none is defined, for the reason in `undefined`. */
  lo: z.number().nullable(),
  hi: z.number().nullable(),
  /** `raters`: of this very pair of classes, other people or networks like these. */
  claim: z.enum([...claims, 'raters']),
  /** The value is of people alone, or of networks alone; left out: of both. */
  about: z.enum(['people', 'networks']).optional(),
  /** What it takes as independent of each other, and how many of them there are. */
  units: z.enum(['pairs', 'anchors', 'images', 'raters']),
  n: z.int(),
  /** What a wider claim also takes as independent: trainings, and people. */
  replicates: z.strictObject({ networks: z.int().optional(), people: z.int().optional() }).optional(),
  /** Resamples in which the number is undefined, left out; 0 where nothing is resampled. */
  nNull: z.int(),
  /** A sentence; null where it is defined, or the number itself is not. */
  undefined: z.string().nullable(),
});
export type ApiInterval = z.infer<typeof intervalSchema>;

const effectLevel = z.string().max(1000);

/**
 * What a number of Effects is: a mean of the networks at some levels of factors, or at one level where others were trained
 * as well, all else equal; a level less the reference, how two levels together differ from what each does alone, or a change
 * over a factor's numbers.
 */
export const effectNumberSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mean'), at: z.record(z.string().max(200), effectLevel) }),
  z.strictObject({ kind: z.literal('matched'), level: effectLevel, beside: z.array(effectLevel).max(1000) }),
  z.strictObject({ kind: z.literal('difference'), level: effectLevel }),
  z.strictObject({ kind: z.literal('interaction'), level: effectLevel, level2: effectLevel }),
  z.strictObject({ kind: z.literal('slope') }),
]);
export type EffectNumber = z.infer<typeof effectNumberSchema>;

/** What a number counts or is a mean over. */
const quantityUnits = [
  ...['images', 'models', 'labelers', 'values', 'repeats'],
  ...['pairs of models', 'pairs of people', 'pairs of people and models', 'pairs of classes'],
] as const;

export const quantitySchema = z.strictObject({
  /** Null: undefined, for the reason in `undefined`. */
  value: z.number().nullable(),
  /** Population standard deviation of what `value` is a mean of; null where it is none. */
  std: z.number().nullable(),
  /** Size of what it is a share of or a mean over (`of`: images, models, pairs, repeats); null: neither. */
  n: z.int().nullable(),
  of: z.enum(quantityUnits).nullable(),
  interval: intervalSchema.nullable(),
  paper: paperSchema.nullable(),
  /** A sentence; null where the value is defined. */
  undefined: z.string().nullable(),
  /** A few words under the number. */
  note: z.string().optional(),
  /** The images that it counts: those of a group, or (null) of people alone. */
  counts: z.strictObject({ group: groupSchema.nullable(), which: whichSchema }).optional(),
  /** Digits behind the point where it is read, if not those of its column: rows of other units. */
  decimals: z.int().optional(),
  /** What it is of the answered question, on Effects. */
  effect: effectNumberSchema.optional(),
});
export type Quantity = z.infer<typeof quantitySchema>;

/** A number with what belongs beside it, a plain number or text, or null: nothing belongs there. */
export const cellSchema = z.union([z.string(), z.number(), z.null(), quantitySchema]);
export type Cell = z.infer<typeof cellSchema>;

const columnSchema = z.strictObject({
  /** Names the column for code that draws it in another form. */
  key: z.string().optional(),
  /** The heading; in files it never changes. */
  name: z.string(),
  /** The heading on a page, where it is another. */
  heading: z.string().optional(),
  /** Unit of its numbers where they are read: `%`. */
  unit: z.string().optional(),
  /** Digits behind the point where it is read; files for computing have them all. Left out: a text or a whole number. */
  decimals: z.int().optional(),
  /** Its numbers are p values: one that would be read as 0 is shown as less than the last digit. */
  p: z.boolean().optional(),
  /** Its cells are a mean and its standard deviation, which reports show: two columns in files for computing. */
  spread: z.boolean().optional(),
  /** Reports write n behind each number: it differs from row to row, or is what matters. */
  showN: z.boolean().optional(),
  /**
   * Its numbers are those of the column `of` less those of `less`, or left out: less that of the first row that stands
   * together with it. Both have one digit more, so that whoever subtracts what is shown gets the difference that is shown.
   */
  difference: z.strictObject({ of: z.string(), less: z.string().optional() }).optional(),
  /** Its interval stands in columns of its own right behind the value, and is shown in LaTeX. */
  interval: z.boolean().optional(),
  /** The first of several heads: a page writes it once for all rows in succession that share it. */
  groups: z.boolean().optional(),
  /** Its texts are names that others gave, written as they are where a row begins with them. */
  names: z.boolean().optional(),
  /** Readers that hide it; CSV and JSON files have every column. */
  hiddenOn: z.array(z.enum(['page', 'latex'])).optional(),
});
export type Column = z.infer<typeof columnSchema>;

export const exhibitSchema = z.strictObject({
  /** Names its files: `table-3`. */
  id: z.string(),
  /** `Table 3`; empty for those that the paper does not have. */
  number: z.string(),
  title: z.string(),
  /** Labels of people (or of simulated labelers) went into it. */
  people: z.boolean(),
  /** A list of every image, pair or run, or with long texts: a file to compute with, not a table of a paper. */
  long: z.boolean().optional(),
  /** The paper prints this table: files have a column `Source`, and rows of the values that it prints. */
  paper: z.boolean().optional(),
  /** Columns that name a row, from the first; 1 unless given. */
  heads: z.int().optional(),
  columns: z.array(columnSchema),
  rows: z.array(z.array(cellSchema)),
  /** What must be known to read it, a sentence each. */
  notes: z.array(z.string()),
  /** How its intervals were made, where pages show any. */
  intervals: z.string().optional(),
});
export type Exhibit = z.infer<typeof exhibitSchema>;
