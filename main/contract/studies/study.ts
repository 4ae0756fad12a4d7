import { z } from 'zod';
import { channelsSchema } from '../recipes/images.ts';
import {
  hashSchema,
  classifierRecipeSchema,
  generatorRecipeSchema,
  seedSchema,
  shippedGeneratorNames,
} from '../recipes/recipes.ts';
import { setting } from '../settings/settings.ts';
import {
  type BlendedStimuliSpec,
  type GeneratedStimuliSpec,
  type importedStimuliSchema,
  stimuliSchema,
  type TestImageStimuliSpec,
} from '../stimuli/stimuli.ts';
import type { SectionSchema } from './sections.ts';

export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, 'letters, digits, space, dot, dash and underscore; 64 at most');

/** What a study that is made of files is called; null: proposed. */
export const studyNamesSchema = z.strictObject({
  name: setting(z.string().trim().min(1).max(64).nullable().default(null), {
    title: 'Name',
    help: 'For links and commands. Default: that of the data set',
  }),
  title: setting(z.string().trim().min(1).max(200).nullable().default(null), {
    title: 'Title',
    help: 'For screens and reports',
  }),
});

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
  channels: setting(channelsSchema.clone(), {
    title: 'Color',
    help: '`1`: gray; colors become their luminance. `3`: red, green, blue',
    isOpaque: true,
  }),
  width: setting(sideSchema.clone(), { title: 'Width', unit: 'pixels', help: 'Of each image' }),
  height: setting(sideSchema.clone(), { title: 'Height', unit: 'pixels', help: 'Of each image' }),
  resize: setting(z.enum(['fit', 'fill', 'pad']).default('pad'), {
    title: 'Other proportions',
    help: 'How images of another size get this one',
    names: { fit: 'stretch' },
    choiceHelp: {
      fit: 'Both sides are scaled, so proportions may change',
      fill: 'Scaled until it covers the size, and cropped on both sides',
      pad: 'Scaled until it fits, and surrounded with the background',
    },
  }),
  background: setting(
    z
      .string()
      .regex(/^#[0-9a-f]{6}$/, 'a color as #rrggbb, in small letters')
      .default('#000000'),
    { title: 'Background', help: 'Color behind transparent pixels and around padded images' },
  ),
  layout: setting(z.literal('model-vs-human').optional(), {
    title: 'Layout',
    help: 'Categories are in the names of the images or are their folders, and all images are test images ([layout](../main/contributions/formats/README.md#folders-of-model-vs-human))',
    absent: 'folders of classes',
    isHidden: true,
  }),
  split: setting(
    z
      .strictObject({
        testShare: setting(z.number().min(0.01).max(0.9).default(0.2), {
          title: 'Test images',
          help: 'Share of each class’s images that becomes test images',
        }),
        seed: setting(seedSchema.clone().default(1), { title: 'Seed of the split', help: 'Decides which' }),
      })
      .prefault({}),
    { title: 'Split', help: 'Counts where there are no folders `train` and `test`', isHidden: true },
  ),
  folders: setting(z.array(z.string().min(1).max(255)).min(2).max(256).nullable().default(null), {
    title: 'Classes',
    help: 'Only these class folders, in the order of their labels; `null`: all, in code unit order',
    isHidden: true,
  }),
  classes: setting(classNamesSchema.clone().nullable().default(null), {
    title: 'Names of the classes',
    help: 'In the same order; `null`: the folders’ names',
    isHidden: true,
  }),
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
  /** Any other format that a contribution reads; `options` are the format's own. */
  z.strictObject({
    source: z.literal('file'),
    format: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'small letters, digits and dash; 32 at most'),
    name: nameSchema,
    path: pathSchema,
    classes: classNamesSchema.nullable().default(null),
    options: z.record(z.string().max(64), z.json()).default({}),
  }),
]);
export type DataSetSource = z.infer<typeof dataSetSchema>;

/** Runs of one recipe. In a seed study, `repeats` groups of `seeds` each; otherwise one run for each seed. */
export const modelsSchema = z.strictObject({
  name: setting(nameSchema.clone(), { title: 'Name', help: 'Unique in the study, such as `CNN1`' }),
  group: setting(z.enum(['diverse', 'seeds']), {
    title: 'Model group',
    help: 'What they are compared with',
    names: { diverse: 'diverse models', seeds: 'seed study' },
    choiceHelp: {
      diverse: 'All diverse networks of the same target (Tables 1 to 4)',
      seeds: 'Groups that differ only in their seed (Figure 2, Table 5)',
    },
  }),
  recipe: setting(classifierRecipeSchema.clone(), {
    title: 'Recipe',
    help: 'A classifier recipe, below',
    isOpaque: true,
  }),
  seed: setting(seedSchema.clone().default(1), {
    title: 'First seed',
    help: 'The next runs have the next numbers. Diverse networks of one recipe need different seeds',
  }),
  repeats: setting(z.int().min(1).max(1000).default(1), {
    title: 'Repeats',
    help: 'Groups of a seed study',
    onlyWith: { group: 'seeds' },
  }),
  seeds: setting(z.int().min(1).max(10_000).default(1), {
    title: 'Seeds',
    help: 'Runs, or runs in each group of a seed study',
  }),
  // Absent in all declarations of earlier versions.
  collection: setting(nameSchema.optional(), {
    title: 'Collection',
    help: 'Of `diverse`: the name of a group of their own, compared by itself (Results) and left out of tables and report',
    absent: 'none',
    isHidden: true,
  }),
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
  /** Further models, in sections that contributions read (`sectionKeys`). Absent, as in all declarations of earlier versions: none. */
  sweeps: z.unknown().optional(),
  teaching: z.unknown().optional(),
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

/**
 * The declaration of a study: everything that decides its results. Unknown keys are refused; sections of contributions are
 * kept as they stand.
 */
export const studySchema = declarationSchema.transform(
  ({ stimuli, ...study }): Study => ({ ...study, stimuli: withDesign(stimuli, study.dataSet) }),
);

/** `studySchema`, which also checks these sections; it keeps others as they stand. */
export const studySchemaWith = (sections: readonly SectionSchema[]) =>
  studySchema.transform((study, context): Study => {
    const read = { ...study };
    for (const { key, schema } of sections) {
      if (study[key] === undefined) continue;
      const { data, error } = schema.safeParse(study[key]);
      read[key] = data;
      for (const { path, message } of error?.issues ?? [])
        context.addIssue({ code: 'custom', path: [key, ...path], message });
    }
    return read;
  });
