import { isPapersDataSet, sourceClasses } from '../data/data-sources.ts';
import type { PairDesign } from '../../contract/stimuli/stimuli.ts';
import type { DesignedStimuliSpec, ModelsSpec, Study, TrainedGeneratorSpec } from '../../contract/studies/study.ts';
import { formatInteger } from '../numbers/format.ts';
import { pairCount } from '../anchors/pair-design.ts';
import { type Sections, sectionsOf } from './model-entries.ts';

/** The generator that a study trains; null if it takes a trained one, or needs none. */
export function ownGenerator({ generator }: Pick<Study, 'generator'>): TrainedGeneratorSpec | null {
  return generator?.shipped === undefined ? generator : null;
}

/** Whether stimuli are declared as images between two classes, pair by pair. */
export const isDesigned = (stimuli: Study['stimuli']): stimuli is DesignedStimuliSpec =>
  stimuli.source === 'generated' || stimuli.source === 'blended';

/** What a declaration may ask for at most. A few lines can ask for billions, and planning would take hours. */
export const largestStudy = {
  /** Trainings of compared models: seeds times repeats, over all entries. */
  models: 10_000,
  /** Snapshots of these models: each is evaluated on all images. */
  snapshots: 100_000,
  /** Generated images: pairs times alphas. */
  images: 1_000_000,
  /** Labels of a rehearsal: simulated labelers times generated images. */
  labels: 10_000_000,
};

/** Number of models that an entry declares. */
export const modelCount = ({ group, repeats, seeds }: Pick<ModelsSpec, 'group' | 'repeats' | 'seeds'>): number =>
  group === 'seeds' ? repeats * seeds : seeds;

/** A count above `largestStudy`. `key`: its place in the study file; `what`: a sentence without its full stop. */
interface Excess {
  key: string;
  what: string;
  remedy: string;
}

/**
 * The first count of a declaration that is above `largestStudy`; null: none. Computed without making a single name.
 * @param classes of the data set; undefined: unknown until its images are read, so images whose number depends on it are not
 * counted yet
 */
export function excessOf(
  study: Study,
  sections: Sections,
  classes: number | undefined = sourceClasses(study.dataSet)?.length,
): Excess | null {
  const { models, stimuli, labelers } = study;
  const declared = {
    key: 'models',
    trainings: models.reduce((sum, entry) => sum + modelCount(entry), 0),
    snapshots: models.reduce((sum, entry) => sum + modelCount(entry) * entry.recipe.targets.length, 0),
    fewer: 'Lower `seeds` or `repeats`',
  };
  const asked = [declared, ...sectionsOf(study, sections).map(({ key, asked }) => ({ key, ...asked(study) }))];
  const trainings = asked.reduce((sum, each) => sum + each.trainings, 0);
  const snapshots = asked.reduce((sum, each) => sum + each.snapshots, 0);
  const images = imagesOf(stimuli, classes);
  const labels = labelers.source === 'rehearsal' ? labelers.count * images : 0;
  const { key: place, fewer } = asked.reduce((a, b) => (b.trainings > a.trainings ? b : a));
  const counts = [
    ['models', place, trainings, `${fewer}, or split the study.`],
    ['snapshots', place, snapshots, `${fewer}, or list fewer targets.`],
    ['images', 'stimuli', images, 'List fewer pairs, or lower `alphas`.'],
    ['labels', 'labelers.count', labels, 'Lower the number of simulated labelers, or make fewer images.'],
  ] as const;
  for (const [name, key, count, remedy] of counts) {
    if (count <= largestStudy[name]) continue;
    const [asked, most] = [formatInteger(count), formatInteger(largestStudy[name])];
    return { key, what: `This study asks for ${asked} ${name}; at most ${most} are possible`, remedy };
  }
  return null;
}

/** Images that the declaration itself states; 0 where the number is known only once the data set or an import is read. */
export function imagesOf(stimuli: Study['stimuli'], classes: number | undefined): number {
  if (isDesigned(stimuli)) return pairsOf(stimuli.design, classes) * stimuli.alphas;
  if (stimuli.source === 'imported' || stimuli.choose.kind === 'all') return 0;
  return 'positions' in stimuli.choose ? stimuli.choose.positions.length : stimuli.choose.count;
}

const pairsOf = (design: PairDesign, classes: number | undefined): number => {
  const isByClass = design.kind === 'balanced' || design.kind === 'auto';
  return classes === undefined && isByClass ? 0 : pairCount(design, classes ?? 0);
};

/**
 * Whether the numbers that the paper prints belong beside those of a study: it has MNIST's ten digits in its pairs, on
 * images that a generator made or that come from elsewhere.
 */
export function isLikePaper({ dataSet, stimuli }: Pick<Study, 'dataSet' | 'stimuli'>): boolean {
  if (!isPapersDataSet(dataSet)) return false;
  if (stimuli.source !== 'generated') return stimuli.source === 'imported';
  const { design } = stimuli;
  if (design.kind === 'listed') return new Set(design.pairs.flat()).size === 10;
  return design.kind !== 'confusable';
}
