import { fittingBatch } from '../../contract/recipes/index.ts';
import type { AnchorDesign, PairDesign } from '../../contract/stimuli/index.ts';
import { type DataSetSource, type Study, type StudyInput, studySchema } from '../../contract/studies/index.ts';
import { architectureNames, type PaperKind, paperKinds, paperTrainings } from '../../domain/networks/index.ts';
import { at } from '../../domain/numbers/index.ts';
import type { ImageSize } from '../../domain/data/index.ts';
import { usualRecipe } from '../../domain/settings/index.ts';

/** What a new study is made for. */
export interface NewStudy {
  name: string;
  title: string;
  dataSet: DataSetSource;
  size: ImageSize;
  trainCount: number;
  testCount: number;
  /** Test accuracy in percent at which every network is stopped. */
  target: number;
  /** Target of the classifier that proposes anchors. */
  referenceTarget: number;
  generator: StudyInput['generator'];
  stimuli: StudyInput['stimuli'];
  /** Networks of each architecture, 1 to 3. */
  perArchitecture: number;
  /** Simulated labelers. 0: none, as people will label. */
  simulated: number;
}

type RecipeInput = StudyInput['models'][number]['recipe'];
/** Stimuli that people can label in an hour, at eleven alphas a pair. */
const manyPairs = 15;

/**
 * All or balanced pairs of few classes; of many, those that the reference classifier confuses most. With two pairs a class
 * at most, taking them by confusion may leave one class with one partner, so one pair less than classes is always found.
 */
export const designFor = (classes: number): PairDesign =>
  classes <= 10 ? { kind: 'auto' } : { kind: 'confusable', count: Math.min(manyPairs, classes - 1), perClass: 2 };

/** Test images of a class from which on each pair has two of its own. */
const manyTestImages = 10;

/**
 * Which test images are blended: of few, one a class for all of its pairs; else other ones for each pair, as is new
 * studies' default. @param fewest test images of the class that has fewest
 */
export const anchorsFor = (fewest: number): AnchorDesign => ({ kind: fewest < manyTestImages ? 'one' : 'fresh' });

function recipeOf(kind: PaperKind, index: number, plan: NewStudy): RecipeInput {
  const { batch, isAugmented, ...optimizer } = at(paperTrainings[kind], index);
  return {
    ...usualRecipe(kind, { ...plan.size, ...plan }),
    optimiser: optimizer,
    batch: Math.min(batch, fittingBatch(plan.trainCount)),
    ...(isAugmented && { augmentation: {} }),
  };
}

/**
 * An ordinary declaration: up to nine networks of three architectures in the recipes of the paper's diverse nine, all
 * stopped at one accuracy. @throws ZodError where name or title cannot be used
 */
export function declareNewStudy(plan: NewStudy): Study {
  const { name, title, dataSet, generator, stimuli, perArchitecture, simulated } = plan;
  const declaration: StudyInput = {
    schema: 'boundary-workbench/study/1',
    name,
    title,
    question:
      'Do networks with the same test accuracy behave the same on images between two classes, and do they disagree on the same images as people do?',
    dataSet,
    generator,
    reference: { recipe: recipeOf('cnn', 0, { ...plan, target: plan.referenceTarget }), seed: 9 },
    stimuli,
    models: paperKinds.flatMap((kind, family) =>
      Array.from({ length: perArchitecture }, (_, index) => ({
        name: `${architectureNames[kind]}${index + 1}`,
        group: 'diverse' as const,
        recipe: recipeOf(kind, index, plan),
        seed: 10 * (family + 1) + index + 1,
      })),
    ),
    labelers: simulated === 0 ? { source: 'none' } : { source: 'rehearsal', count: simulated, seed: 1 },
  };
  return studySchema.parse(declaration);
}
