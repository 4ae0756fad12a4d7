import type { StimuliState } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { shippedGeneratorNames } from '../../contract/recipes/recipes.ts';
import type { StimulusSource } from '../../contract/stimuli/stimuli.ts';
import type { GeneratorSpec, Study } from '../../contract/studies/study.ts';
import { isPapersDataSet } from '../../domain/data/data-sources.ts';
import { formatInteger } from '../../domain/numbers/format.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { sizeOf } from '../../domain/data/images.ts';
import { generatorFor } from '../../domain/settings/generator-settings.ts';
import { usualTestImages } from '../../domain/anchors/test-images.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { trainedGenerator } from './sources.ts';

/** Sources that a screen offers. */
export type OfferedSource = Exclude<StimulusSource, 'imported'>;

const isGeneratedOrImported = ({ source }: Study['stimuli']): boolean =>
  source === 'generated' || source === 'imported';

/** What a declaration of the draft's source has beside the draft itself. */
interface Undrafted extends Pick<Study, 'generator' | 'reference'> {
  stimuli: object;
}

/**
 * What the study declares, where the draft keeps its source; else as in the study's last declaration of that source, so
 * that undoing a change of the source brings all of it back, and trainings are found again. Networks that were declared
 * for other images are not taken.
 * @throws UserError `stimuli.unknown-size` where a generator has to be proposed for images that were never read
 */
export function undrafted(workbench: Workbench, study: StudyRecord, source: OfferedSource): Undrafted {
  const { generator, reference, stimuli } = study.spec;
  if (stimuli.source === source) return { generator, reference, stimuli };
  const last = workbench.storage.studies.lastWithStimuli(study.id, source);
  const earlier = ifOfImages(last, study);
  const kept = { reference: reference ?? earlier?.reference ?? null, stimuli: last?.stimuli ?? { source } };
  if (source === 'test-images') {
    const usual = { source, choose: usualTestImages(declaredDataSet(workbench, study)?.testCount ?? null) };
    return { ...kept, generator: null, stimuli: earlier?.stimuli ?? usual };
  }
  if (source === 'blended') return { ...kept, generator: null };
  return { ...kept, generator: earlier?.generator ?? proposedGenerator(workbench, study) };
}

/** The study's last declaration with stimuli of this source, if it was of the images that the study has now. */
const earlierOfImages = ({ storage }: Workbench, study: StudyRecord, source: OfferedSource): Study | undefined =>
  ifOfImages(storage.studies.lastWithStimuli(study.id, source), study);

const ifOfImages = (declared: Study | undefined, { spec }: StudyRecord): Study | undefined =>
  declared && canonicalJson(declared.dataSet) === canonicalJson(spec.dataSet) ? declared : undefined;

/** The best one that comes with the product for its own digits; else a recipe that suits the images. */
function proposedGenerator(workbench: Workbench, study: StudyRecord): GeneratorSpec {
  const { dataSet } = study.spec;
  if (isPapersDataSet(dataSet)) return { shipped: shippedGeneratorNames[0] };
  const known = declaredDataSet(workbench, study);
  const sized = known ?? (dataSet.source === 'folder' ? dataSet : null);
  if (sized) {
    const images = { ...sizeOf(sized), trainCount: known?.trainCount ?? null };
    return { recipe: generatorFor(images), seed: 1, checkpoint: null };
  }
  throw new UserError(
    'stimuli.unknown-size',
    'The images of this study were not read yet, so no generator can be proposed for their size',
    `study ${study.name}`,
    'Find candidates first, which reads the images, or name a generator in the study file.',
  );
}

/** Why a generator cannot make the images instead of real ones; null: it can, or the source is another. */
export function noGenerator(workbench: Workbench, study: StudyRecord): string | null {
  const { reference, stimuli } = study.spec;
  if (isGeneratedOrImported(stimuli) || reference || earlierOfImages(workbench, study, 'generated')?.reference)
    return null;
  return 'A generator needs a reference classifier, which finds anchors among its images. This study has none; a study file can add one.';
}

/** The generator that would make the images instead of real ones. */
export function generatorInstead(workbench: Workbench, study: StudyRecord): StimuliState['instead'] {
  const { dataSet, stimuli } = study.spec;
  if (isGeneratedOrImported(stimuli) || noGenerator(workbench, study) !== null) return null;
  const known = isPapersDataSet(dataSet) || dataSet.source === 'folder' || declaredDataSet(workbench, study);
  if (!known && !earlierOfImages(workbench, study, 'generated')?.generator) return null;
  const { generator } = undrafted(workbench, study, 'generated');
  if (!generator) return null;
  const found = trainedGenerator(workbench, { ...study, spec: { ...study.spec, generator } });
  if (found) return { what: found.what, trained: true };
  if (generator.shipped !== undefined) return null;
  const { kind, steps } = generator.recipe;
  return { what: `a ${kind} of ${formatInteger(steps)} steps`, trained: false };
}
