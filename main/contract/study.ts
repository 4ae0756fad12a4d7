import { z } from 'zod';
import {
  hashSchema,
  classifierRecipeSchema,
  generatorRecipeSchema,
  seedSchema,
  shippedGeneratorNames,
} from './recipes.ts';
import type { ResponseKind } from './responses.ts';
import { sweepSchema } from './sweep.ts';
import { teachingSchema } from './teaching.ts';

export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, 'letters, digits, space, dot, dash and underscore; 64 at most');

/** What a class is called: any Unicode text. Labels are bytes, so there are at most 256 classes. */
const classNameSchema = z.string().min(1).max(64);
const classNamesSchema = z.array(classNameSchema).min(2).max(256);
const pathSchema = z.string().min(1).max(4096);
const sideSchema = z.int().min(4).max(1024);

/** Any images in folders, or a zip of them: `train/<class>/*` and `test/<class>/*`, or `<class>/*`. */
export const folderSourceSchema = z.strictObject({
  source: z.literal('folder'),
  name: nameSchema,
  path: pathSchema,
  /** 1: gray; colors become their luminance. 3: red, green, blue; gray images have three equal values. */
  channels: z.union([z.literal(1), z.literal(3)]),
  width: sideSchema,
  height: sideSchema,
  /**
   * How an image of another size gets this one. `fit`: both sides are scaled, so proportions may change; `fill`: scaled
   * until it covers the size, and what protrudes is cut off equally on both sides; `pad`: scaled until it fits, and
   * surrounded with `background`.
   */
  resize: z.enum(['fit', 'fill', 'pad']).default('pad'),
  /** Color behind transparent pixels and around padded images, as `#rrggbb`. */
  background: z
    .string()
    .regex(/^#[0-9a-f]{6}$/, 'a color as #rrggbb, in small letters')
    .default('#000000'),
  /**
   * `model-vs-human`: images as that toolbox lays them out, with the category in their names or as their folder, and all of them
   * test images. Absent: folders of classes.
   */
  layout: z.literal('model-vs-human').optional(),
  /** Where there are no folders `train` and `test`: the share of each class's images that becomes test images. */
  split: z
    .strictObject({ testShare: z.number().min(0.01).max(0.9), seed: seedSchema })
    .default({ testShare: 0.2, seed: 1 }),
  /** The folders of the classes, in the order of their labels. Null: all, in code unit order. */
  folders: z.array(z.string().min(1).max(255)).min(2).max(256).nullable().default(null),
  /** Names of the classes, in the order of their labels. Null: the names of their folders. */
  classes: classNamesSchema.nullable().default(null),
});

/** Which labels of CIFAR-100, which has two an image. */
export const cifarLabelsSchema = z.enum(['fine', 'coarse']);

/** Where the labeled images come from (docs/data-formats.md). Paths are absolute, or relative to the study file. */
export const dataSetSchema = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('mnist') }),
  z.strictObject({
    source: z.literal('idx'),
    name: nameSchema,
    classes: z.array(z.string().min(1).max(64)).min(2).max(1000),
    trainImages: z.string().min(1),
    trainLabels: z.string().min(1),
    testImages: z.string().min(1),
    testLabels: z.string().min(1),
  }),
  folderSourceSchema,
  /** A NumPy archive in MedMNIST's layout. */
  z.strictObject({ source: z.literal('npz'), name: nameSchema, path: pathSchema, classes: classNamesSchema }),
  /** The folder of CIFAR-10's or CIFAR-100's binary version. */
  z.strictObject({
    source: z.literal('cifar'),
    name: nameSchema,
    path: pathSchema,
    labels: cifarLabelsSchema.default('fine'),
    /** Names of all classes in the files, by label. Null: those in the folder's text file. */
    classes: classNamesSchema.nullable().default(null),
    /** Only the classes of these names, in the order of their labels. Absent: all, as in declarations of earlier versions. */
    take: classNamesSchema.optional(),
  }),
]);
export type DataSetSource = z.infer<typeof dataSetSchema>;

/**
 * Which classes are interpolated: the paper's 15 pairs of ten, listed pairs, a seeded design with every class in
 * `perClass` pairs, the `count` pairs that the reference classifier confuses most, at most `perClass` of a class
 * (docs/metrics.md 12), or a number that suits the classes (`autoDesign` in main/domain/pair-design.ts).
 */
export const pairDesignSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('paper') }),
  z.strictObject({
    kind: z.literal('listed'),
    pairs: z
      .array(z.tuple([z.int().min(0), z.int().min(0)]))
      .min(1)
      .max(100_000),
  }),
  z.strictObject({ kind: z.literal('balanced'), perClass: z.int().min(1).max(999), seed: seedSchema }),
  z.strictObject({
    kind: z.literal('confusable'),
    count: z.int().min(1).max(100_000),
    /** Absent: no limit. */
    perClass: z.int().min(1).max(999).optional(),
  }),
  z.strictObject({ kind: z.literal('auto') }),
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

/**
 * How pairs share anchors. `one`: an anchor a class, as in the paper; `several`: the pairs of a class take turns at
 * `perClass` anchors; `fresh`: each pair is drawn between two anchors of its own, so that pairs are independent.
 */
export const anchorDesignSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('one') }),
  z.strictObject({ kind: z.literal('several'), perClass: z.int().min(2).max(100) }),
  z.strictObject({ kind: z.literal('fresh') }),
]);
export type AnchorDesign = z.infer<typeof anchorDesignSchema>;

/**
 * Which anchors are chosen where a person chose none. `best`: the best candidates, as in the paper; `clear`: any clear
 * sample at random (`clearConfidence` in main/domain/candidates.ts); `candidate`: any candidate at random.
 */
export const anchorRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('best') }),
  z.strictObject({ kind: z.literal('clear'), seed: seedSchema }),
  z.strictObject({ kind: z.literal('candidate'), seed: seedSchema }),
]);
export type AnchorRule = z.infer<typeof anchorRuleSchema>;

const generatedStimuliSchema = z.strictObject({
  source: z.literal('generated'),
  seed: seedSchema.default(1),
  /** z drawn in search of anchors, and how many candidates a class are kept for a person to choose from. */
  samples: z.int().min(10).max(1_000_000).default(2000),
  candidatesPerClass: z.int().min(1).max(1000).default(24),
  /** One entry a class. Null: the rule chooses all. */
  anchors: z.array(classAnchorsSchema).max(1000).nullable().default(null),
  /** Absent, as in all declarations of earlier versions: one a class, and the best. */
  anchorDesign: anchorDesignSchema.optional(),
  anchorRule: anchorRuleSchema.optional(),
  /** Absent: see `withDesign`. */
  design: pairDesignSchema.optional(),
  /** Number of equally spaced alphas from 0 to 1, ends included. */
  alphas: z.int().min(2).max(1001).default(11),
  interpolation: z.enum(['linear', 'spherical']).default('linear'),
});

/** Which test images are anchors where a person chose none: as above, or any at random, whatever a classifier says. */
export const blendedRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('best') }),
  z.strictObject({ kind: z.literal('clear'), seed: seedSchema }),
  z.strictObject({ kind: z.literal('random'), seed: seedSchema }),
]);
export type BlendedRule = z.infer<typeof blendedRuleSchema>;

/** How two images are mixed: see `blendImages` in main/domain/real-images.ts. */
export const blendingSchema = z.enum(['pixels', 'linear-light']);
export type Blending = z.infer<typeof blendingSchema>;

/**
 * Stimuli between two real images, without a generator. Anchors are images of the test part, known by their
 * position there, from 0. No network trains on them, but recipes without `landing: 'validation'` are stopped by the accuracy on
 * that part.
 */
const blendedStimuliSchema = z.strictObject({
  source: z.literal('blended'),
  /** How many images a class are kept for a person to choose from. */
  candidatesPerClass: z.int().min(1).max(1000).default(24),
  /** One entry a class: a position, or a list. Null: the rule chooses all. */
  anchors: z
    .array(z.union([z.int().min(0), z.array(z.int().min(0)).max(1000)]))
    .max(1000)
    .nullable()
    .default(null),
  anchorDesign: anchorDesignSchema.default({ kind: 'one' }),
  anchorRule: blendedRuleSchema.default({ kind: 'random', seed: 1 }),
  /** Absent: see `withDesign`. */
  design: pairDesignSchema.optional(),
  alphas: z.int().min(2).max(1001).default(11),
  interpolation: blendingSchema.default('pixels'),
});

/** A stimulus set made elsewhere: a folder or zip of PNGs with a CSV manifest (docs/data-formats.md). */
const importedStimuliSchema = z.strictObject({ source: z.literal('imported'), path: z.string().min(1) });

const mostTestImages = 100_000;
const testImageCount = z.int().min(1).max(mostTestImages);
const testImagePositions = z.array(z.int().min(0)).min(1).max(mostTestImages);

/** Kinds of people's answers whose labels have an entropy: ratings are no labels. */
export const kindsOfLabels = ['single', 'abstain', 'set', 'counts'] as const satisfies readonly ResponseKind[];

/**
 * Which images count as those on which people disagree, by the entropy of their labels in bits (metrics.md 4, of sets 14.3):
 * the `count` images where it is highest, of equal ones the first; or all where it is at least `bits`. Never images on which
 * all agree.
 */
export const disagreementSchema = z.union([
  z.strictObject({ count: testImageCount }),
  z.strictObject({ bits: z.number().positive().max(10) }),
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
  positions: testImagePositions,
  by: chosenByPeopleSchema,
});
export type DisagreedChoice = z.infer<typeof disagreedChoiceSchema>;

/**
 * Which images of the test part: all; a seeded sample with as many of each class as there are, as near as that goes; those
 * that the reference classifier is least sure of (lowest softmax of its answer; ties by position); listed ones, by their
 * position in the test part, from 0; or those on which people disagree, listed with whose answers chose them.
 */
export const testImageChoiceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('sample'), count: testImageCount, seed: seedSchema }),
  z.strictObject({ kind: z.literal('hardest'), count: testImageCount }),
  z.strictObject({ kind: z.literal('listed'), positions: testImagePositions }),
  disagreedChoiceSchema,
]);
export type TestImageChoice = z.infer<typeof testImageChoiceSchema>;

/** Images of the data set's own test part. They have no pair and no alpha; their ids are their positions in that part. */
const testImageStimuliSchema = z.strictObject({ source: z.literal('test-images'), choose: testImageChoiceSchema });
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
   * no files, or their names are not known. Tables of answers name images by them (main/services/labeling/panels).
   */
  files: z.array(z.string()).optional(),
  run: z.int(),
});

/** What stimuli come from. */
export const stimulusSources = ['generated', 'blended', 'test-images', 'imported'] as const;
export type StimulusSource = (typeof stimulusSources)[number];

const stimuliSchema = z.discriminatedUnion('source', [
  generatedStimuliSchema,
  blendedStimuliSchema,
  testImageStimuliSchema,
  importedStimuliSchema,
]);
export type GeneratedStimuliSpec = WithDesign<z.infer<typeof generatedStimuliSchema>>;
export type BlendedStimuliSpec = WithDesign<z.infer<typeof blendedStimuliSchema>>;
type WithDesign<Spec> = Spec & { design: PairDesign };

/** Runs of one recipe. In a seed study, `repeats` groups of `seeds` each; otherwise one run for each seed. */
export const modelsSchema = z.strictObject({
  name: nameSchema,
  group: z.enum(['diverse', 'seeds']),
  recipe: classifierRecipeSchema,
  seed: seedSchema.default(1),
  repeats: z.int().min(1).max(1000).default(1),
  seeds: z.int().min(1).max(10_000).default(1),
  /**
   * Only in the group `diverse`: the name of a collection, whose models are compared by themselves and are not among the
   * diverse ones. Absent, as in all declarations of earlier versions: the models are among the diverse ones.
   */
  collection: nameSchema.optional(),
});
export type ModelsSpec = z.infer<typeof modelsSchema>;

const trainedGeneratorSchema = z.strictObject({
  shipped: z.undefined().optional(),
  recipe: generatorRecipeSchema,
  seed: seedSchema.default(1),
  /** The step that the generator's weights are taken from, one with a grid of samples; null: the last. */
  checkpoint: z.int().min(1).nullable().default(null),
});
export type TrainedGeneratorSpec = z.infer<typeof trainedGeneratorSchema>;

/** A trained generator that comes with the product, with its provenance. */
const shippedGeneratorSchema = z.strictObject({ shipped: z.enum(shippedGeneratorNames) });

const generatorSchema = z.discriminatedUnion('shipped', [trainedGeneratorSchema, shippedGeneratorSchema]);
export type GeneratorSpec = z.infer<typeof generatorSchema>;

/** Which answers of model-vs-human a study takes. */
export const toolboxLabelersSchema = z.strictObject({
  source: z.literal('model-vs-human'),
  /** Folder or zip with the tables, or what stands for an upload. */
  path: z.string().min(1).max(4096),
  /** Blob with the rows of all tables, as they were when the study was made; absent: they are read from the path. */
  table: hashSchema.optional(),
  /** Their answers become a panel. */
  people: z.array(z.string().min(1).max(200)).max(1000),
  /** Their answers become outside models. */
  models: z.array(z.string().min(1).max(200)).max(1000),
});
export type ToolboxLabelers = z.infer<typeof toolboxLabelersSchema>;

export const labelersSchema = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('none') }),
  /** Responses in the layout of humans.csv. */
  z.strictObject({ source: z.literal('csv'), path: z.string().min(1) }),
  /** Tables of model-vs-human: answers of people become a panel, those of models outside models. */
  toolboxLabelersSchema,
  /** Simulated labelers, for trying a study out; marked wherever they show. */
  z.strictObject({ source: z.literal('rehearsal'), count: z.int().min(1).max(1000), seed: seedSchema.default(1) }),
]);
export type LabelersSpec = z.infer<typeof labelersSchema>;

const declarationSchema = z.strictObject({
  schema: z.literal('boundary-workbench/study/1'),
  name: nameSchema,
  title: z.string().min(1).max(200),
  question: z.string().max(4000).default(''),
  dataSet: dataSetSchema,
  engine: z.enum(['auto', 'tensorflow', 'webgpu', 'wasm']).default('auto'),
  generator: generatorSchema.nullable(),
  /** The classifier that proposes candidates by its confidence. Not one of the compared models. */
  reference: z.strictObject({ recipe: classifierRecipeSchema, seed: seedSchema.default(1) }).nullable(),
  stimuli: stimuliSchema,
  /** Empty: a study of people alone. */
  models: z.array(modelsSchema).max(1000),
  /** Further models: recipes that differ in some factors. Absent, as in all declarations of earlier versions: none. */
  sweeps: z.array(sweepSchema).min(1).max(50).optional(),
  /** Further models: taught the study's images by targets made of its labels. Absent, as in all earlier declarations: none. */
  teaching: teachingSchema.optional(),
  labelers: labelersSchema.default({ source: 'none' }),
});
type Declaration = z.infer<typeof declarationSchema>;
type Stimuli = Declaration['stimuli'];
export type Study = Omit<Declaration, 'stimuli'> & {
  stimuli: GeneratedStimuliSpec | BlendedStimuliSpec | TestImageStimuliSpec | z.infer<typeof importedStimuliSchema>;
};
/** Stimuli between two classes: every image has a pair and an alpha. */
export type DesignedStimuliSpec = GeneratedStimuliSpec | BlendedStimuliSpec;
export type StudyInput = z.input<typeof declarationSchema>;

/**
 * Writes down what a declaration without pairs means: the paper's for MNIST, as in all study files of earlier versions;
 * for other data sets a number of pairs that suits their classes.
 */
const withDesign = (stimuli: Stimuli, { source }: DataSetSource): Study['stimuli'] =>
  stimuli.source === 'imported' || stimuli.source === 'test-images'
    ? stimuli
    : { ...stimuli, design: stimuli.design ?? { kind: source === 'mnist' ? 'paper' : 'auto' } };

/** The declaration of a study: everything that decides its results. Unknown keys are refused. */
export const studySchema = declarationSchema.transform(
  ({ stimuli, ...study }): Study => ({ ...study, stimuli: withDesign(stimuli, study.dataSet) }),
);
