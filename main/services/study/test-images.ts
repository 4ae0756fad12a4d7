import { UserError } from '../../contract/wire/errors.ts';
import type { TestImageStimuliTask } from '../../contract/runs/run.ts';
import { testImageProvenanceSchema, type TestImageStimuliSpec } from '../../contract/stimuli/stimuli.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { sizeOf } from '../../domain/data/images.ts';
import { chooseTestImages } from '../../domain/anchors/test-images.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import { trueClasses } from '../../domain/stimuli/stimulus-set.ts';
import type { StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { findRealImages, type StoredRealImages } from './blended.ts';

/** Sets of images of a data set's own test part: how they are declared, chosen and described. Ids are positions there. */

/** The true class of each test image, by position. */
function classesByPosition(members: readonly (readonly number[])[]): number[] {
  const classes: number[] = [];
  members.forEach((own, k) => {
    for (const position of own) classes[position] = k;
  });
  return classes;
}

/** Positions of the images that a declaration asks for. @throws UserError `stimuli.*` */
export const choosePositions = ({ content }: Pick<StoredRealImages, 'content'>, { choose }: TestImageStimuliSpec) =>
  chooseTestImages(choose, content);

/** Whether the choice depends on a reference that was not asked when the test images were read. */
export const isUnasked = ({ content }: Pick<StoredRealImages, 'content'>, { choose }: TestImageStimuliSpec): boolean =>
  choose.kind === 'hardest' && content.confidence === undefined;

/** The task that takes these images, without its kind. */
export const testImageTask = (
  { dataSet, dataSetHash }: Pick<TestImageStimuliTask, 'dataSet' | 'dataSetHash'>,
  positions: readonly number[],
  blobs: BlobStore,
): Omit<TestImageStimuliTask, 'kind'> => ({
  dataSet,
  dataSetHash,
  count: positions.length,
  positions: blobs.put(new Uint8Array(Uint32Array.from(positions).buffer)),
});

/** Names beyond this many characters in all are not kept: the provenance of a set would not fit into an archive. */
const longestNames = 2 ** 21;

/** The set that such a run made, ready to be frozen. */
export function testImageSet(
  { storage }: Workbench,
  made: {
    positions: readonly number[];
    rendered: RunRecord;
    found: StoredRealImages;
    spec: TestImageStimuliSpec;
    dataSet: DataSetRecord;
  },
): Omit<StimulusSetRecord, 'hash'> {
  const { positions, rendered, found, spec, dataSet } = made;
  if (rendered.result?.kind !== 'stimuli') throw new Error(`run ${rendered.id} has no stimuli`);
  const { task } = found.run;
  const classes = classesByPosition(found.content.members);
  const images = positions.map((id) => ({
    id,
    pairI: null,
    pairJ: null,
    alpha: null,
    z: null,
    truth: at(classes, id),
  }));
  const names = storage.dataSets.testFiles(dataSet.hash, dataSet.source);
  const files = names && positions.map((position) => at(names, position));
  const isShort = files && files.reduce((sum, name) => sum + name.length + 3, 0) <= longestNames;
  return {
    ...sizeOf(rendered.result.model),
    pixels: rendered.result.model.pixels,
    classes: dataSet.classes,
    source: 'test-images',
    provenance: {
      source: 'test-images',
      dataSet: dataSet.hash,
      candidates: found.hash,
      reference: task.kind === 'candidates' ? task.reference : null,
      choose: spec.choose,
      ...trueClasses(images),
      ...(isShort && { files }),
      run: rendered.id,
    },
    original: null,
    images,
  };
}

/** Why frozen test images are not those that the study asks for now: sentences; none: freezing would give them again. */
export function testImageChanges(
  workbench: Workbench,
  study: Pick<StudyRecord, 'id' | 'spec'>,
  { images, provenance }: Pick<StimulusSetRecord, 'images' | 'provenance'>,
): string[] {
  const { stimuli, dataSet: source } = study.spec;
  const made = testImageProvenanceSchema.safeParse(provenance).data;
  if (!made || stimuli.source !== 'test-images') return [otherImages];
  const found = findRealImages(workbench, study.id);
  const declared = declaredDataSet(workbench, study);
  const { task } = found?.run ?? {};
  // Images that were never read are others if the study took its images from elsewhere before.
  const isOtherSet = declared
    ? declared.hash !== made.dataSet
    : task && 'dataSet' in task && canonicalJson(task.dataSet) !== canonicalJson(source);
  if (isOtherSet) return ['They were taken from other test images.'];
  if (!found || isUnasked(found, stimuli)) {
    return canonicalJson(stimuli.choose) === canonicalJson(made.choose) ? [] : [otherImages];
  }
  try {
    const asked = choosePositions(found, stimuli);
    const isSame = asked.length === images.length && images.every(({ id }, n) => id === asked[n]);
    return isSame ? [] : [otherImages];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [`The images that the study asks for now cannot be taken: ${error.message}.`];
  }
}

const otherImages = 'The study asks for other test images.';
