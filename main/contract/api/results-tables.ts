import { sectionKeys } from '../studies/sections.ts';
import { z } from 'zod';
import { stimulusSources } from '../stimuli/stimuli.ts';
import { exhibitSchema, groupSchema, typeSchema } from '../results/exhibit.ts';
import { figureSchema } from '../results/figure.ts';
import { trendSchema } from '../runs/run.ts';
import { aboutPeople, peopleInput } from '../results/results-parts.ts';
import { targetSchema } from '../recipes/recipes.ts';

/** A model of a study with predictions on its stimuli. */
const resultModelSchema = z.strictObject({
  /** What `chosen` groups name it by. */
  key: z.string(),
  /** E.g. `CNN1-97.5`. */
  name: z.string(),
  /** Architecture, or the kind of an outside model. */
  architecture: z.string(),
  /** Percent; null: an outside model, which has none. */
  target: targetSchema.nullable(),
  /** Percent of all test images; of an outside model of those that it was tried on, or null: it was tried on none. */
  accuracy: z.number().nullable(),
  trend: trendSchema,
  /** Both accuracies count images that it was taught. */
  testedOnTaught: z.boolean(),
  group: z.enum(['diverse', 'seeds', 'outside']),
  repeat: z.int().nullable(),
  seed: z.int().nullable(),
  /** Null: an outside model, and its engine. */
  runId: z.int().nullable(),
  engine: z.string().nullable(),
  /** What is special about its recipe. */
  recipe: z.string(),
  tags: z.array(z.string()),
  /** Null: it is of the design. */
  collection: z.string().nullable(),
});
export type ResultModel = z.infer<typeof resultModelSchema>;

export const leftOutReasons = ['missed', 'failed', 'cancelled', 'unfinished', 'unasked'] as const;

/** A snapshot that the study asks for and that is in no result. */
const leftOutSchema = z.strictObject({
  /** E.g. `CNN-r02-s1-98.5`. */
  name: z.string(),
  model: z.string(),
  target: targetSchema,
  /** Number of its seed group; null: it is of a diverse group. */
  repeat: z.int().nullable(),
  /** `unfinished`: not trained yet; `unasked`: trained, but it has not answered for the stimuli. */
  why: z.enum(leftOutReasons),
  detail: z.string(),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

/** `models`: those with answers; `planned`: those that the study asks for. */
const sizeOfGroup = { models: z.int(), planned: z.int() };

export const resultsOverviewSchema = z.strictObject({
  ...aboutPeople,
  /** Why there is nothing to show yet, or null. Labels alone are enough. */
  missing: z.string().nullable(),
  classes: z.array(z.string()),
  images: z.int(),
  /** Answers of labelers that are no label: they count as missing. */
  unsaid: z.strictObject({ cannotTell: z.int(), timedOut: z.int(), blank: z.int() }),
  /** Images that at least two labelers have labeled. */
  determined: z.int(),
  pairs: z.array(z.strictObject({ i: z.int(), j: z.int(), images: z.int() })),
  alphas: z.array(z.number()),
  people: z.array(
    z.strictObject({ id: z.int(), pseudonym: z.string(), simulated: z.boolean(), labels: z.int(), source: z.string() }),
  ),
  models: z.array(resultModelSchema),
  /** Ascending; targets of diverse groups. */
  diverse: z.array(z.strictObject({ target: targetSchema, ...sizeOfGroup })),
  /** Models that were not trained here: those with answers for these stimuli, all, and what their group is called. */
  outside: z.strictObject({ ...sizeOfGroup, title: z.string() }),
  seeds: z.array(
    z.strictObject({
      architecture: z.string(),
      target: targetSchema,
      repeats: z.array(z.strictObject({ repeat: z.int(), ...sizeOfGroup })),
    }),
  ),
  /** Snapshots that missed their target, are not trained or not asked about the stimuli yet: left out of every table. */
  leftOut: z.array(leftOutSchema),
  /** Whether the paper's values belong beside these. */
  paper: z.boolean(),
  /** What made the images; null before there are any. */
  source: z.enum(stimulusSources).nullable(),
  /** Parts of its declaration that contributions read, whether they are there or not. */
  sections: z.array(z.enum(sectionKeys)),
  /** Whether a generator makes the study's images. */
  generated: z.boolean(),
});
export type ResultsOverview = z.infer<typeof resultsOverviewSchema>;

/** People disagreeing when each labeler is left out in turn: the paper's Table 3 has nine of its ten. */
export const leaveOneOutSchema = z.array(z.strictObject({ labeler: z.string(), disagree: z.int() }));

/** Measures of agreement of two raters; those of contributions stand between. */
export const agreementNames = {
  cohen: 'Cohen’s κ: agreement beyond chance',
  same: 'Share of equal labels',
};

/**
 * What the page asks for at once, in a word: a section of a report, or figures of the core or of a contribution that have a
 * choice of their own or take long (`main/exhibits/all.ts`).
 */
const wordSchema = z.string().regex(/^[a-z][a-z-]{0,62}$/);
const resultPartSchema = wordSchema;
export type ResultPart = z.infer<typeof resultPartSchema>;

/** What figures show: `matrix` a measure, of the core or of a contribution; a figure of a contribution something that it names in `choice`. */
const figureChoiceSchema = z.strictObject({
  measure: wordSchema.optional(),
  choice: z.string().max(64).optional(),
});
export type FigureChoice = z.infer<typeof figureChoiceSchema>;

/**
 * Tables and figures of a part of results: of all targets, or of the chosen groups, as each says (`main/exhibits/all.ts`).
 * `asked`: how many people, for types as these would be.
 */
export const tablesInput = peopleInput.extend({
  ...figureChoiceSchema.shape,
  section: resultPartSchema,
  groups: z.array(groupSchema).max(8),
  asked: z.int().min(2).max(1_000_000).optional(),
});
export type TablesInput = z.infer<typeof tablesInput>;

export const tablesSchema = z.strictObject({
  ...aboutPeople,
  /** Tables with rows. `of`: which groups a table is about; `targets` also where it has chosen groups besides. */
  tables: z.array(z.strictObject({ of: z.enum(['targets', 'chosen']), exhibit: exhibitSchema })),
  /** Figures that have anything to draw, or say why they have not. */
  figures: z.array(figureSchema),
  /** Ids of tables and figures in the order in which they are drawn, without tables that have a form of their own. */
  order: z.array(z.string()),
});
export type TablesResult = z.infer<typeof tablesSchema>;

/** One image under one group: columns of a table, points of a scatter, cells of a map. */
export const imageRowSchema = z.strictObject({
  id: z.int(),
  /** The pair and alpha; null where the images lie between no two classes. */
  i: z.int().nullable(),
  j: z.int().nullable(),
  alpha: z.number().nullable(),
  /** The true class, where the set states it. */
  truth: z.int().nullable(),
  type: typeSchema.nullable(),
  /** Type A: different labels of networks; type C: of people; null otherwise. */
  shade: z.int().nullable(),
  exception: z.boolean(),
  /** Labels given, by class; of sets, split votes. */
  people: z.array(z.number()),
  votes: z.array(z.int()),
  /** Modal labels; more than one: a tie. Empty: no label. */
  peopleModes: z.array(z.int()),
  votesModes: z.array(z.int()),
  /** Percent of labels (votes) for the most frequent one. */
  peopleCertainty: z.number().nullable(),
  votesCertainty: z.number().nullable(),
  /** Bits. */
  peopleEntropy: z.number().nullable(),
  votesEntropy: z.number().nullable(),
  /** Null, like `epistemic` and `divergence`, where the softmax of a model is not known. */
  predictiveEntropy: z.number().nullable(),
  epistemic: z.number().nullable(),
  /** Mean over models of the largest softmax; null: not known of every model. */
  meanMaxSoftmax: z.number().nullable(),
  /** Jensen-Shannon divergence between people's labels and mean softmax, bits. */
  divergence: z.number().nullable(),
  /** Share of the models that are wrong where people agree. */
  wrong: z.number(),
});
export type ImageRow = z.infer<typeof imageRowSchema>;

export const imagesResultSchema = z.strictObject({ ...aboutPeople, models: z.int(), rows: z.array(imageRowSchema) });
