import type { TableFile } from '../table-kinds.ts';
import type { PeoplesAnswers } from '../contract/disagreement.ts';
import { UserError } from '../../../contract/wire/index.ts';
import type { StoredAnswers } from '../contract/responses.ts';
import { sizeOf } from '../../../domain/data/index.ts';
import type { StimulusSetRecord, StudyRecord } from '../../../storage/index.ts';
import { loadTaskDataSet } from '../../../training/data/load/index.ts';
import { declaredDataSet } from '../../../services/declaration/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import { personCheck } from '../left-out.ts';
import { fileSource } from '../file-source.ts';
import { entropiesOf, labelsKind } from './in-study.ts';
import { kindOfTable, readingOf, readWanted, type Wanted } from '../panels/read.ts';

/**
 * Reads answers that any importer reads, with guessed columns. Files name images as they do in imports.
 * @throws UserError `csv.*`, `file.*`, `labeling.table`, `stimuli.not-read`, `stimuli.ratings`
 */
export async function answersInFile(
  workbench: Workbench,
  study: StudyRecord,
  file: TableFile,
  wanted: Wanted,
): Promise<PeoplesAnswers> {
  const source = await fileSource(file.path, file.name);
  const about = { set: allTestImages(workbench, study), checkPerson: personCheck(workbench, study.id, source) };
  const found = wanted.kind ?? (await kindOfTable(file, about));
  // Labels of people are read as answers among which is no "can't tell".
  const kind = found === 'single' ? 'abstain' : found;
  const read = await readWanted(file, about, { ...wanted, kind });
  const { rows } = read;
  return {
    name: file.name.slice(-200),
    answers: source,
    kind: labelsKind(kind, file.name),
    reading: readingOf(kind, read),
    entropies: entropiesOf(
      kind,
      rows.map((row) => JSON.parse(row.answers) as StoredAnswers),
    ),
  };
}

/** All test images as a set that importers find images in. @throws UserError `stimuli.not-read` */
function allTestImages(workbench: Workbench, study: StudyRecord): StimulusSetRecord {
  const { storage } = workbench;
  const { dataSet } = study.spec;
  const known = declaredDataSet(workbench, study);
  if (!known) throw notRead(study.name);
  const { labels } = loadTaskDataSet({ dataSet, dataSetHash: known.hash }, storage.blobs).test;
  const files = storage.dataSets.testFiles(known.hash, dataSet);
  return {
    ...sizeOf(known),
    hash: known.hash,
    classes: known.classes,
    source: 'test-images',
    pixels: known.hash,
    original: null,
    provenance: files ? { files } : {},
    images: Array.from(labels, (truth, id) => ({ id, pairI: null, pairJ: null, alpha: null, z: null, truth })),
  };
}

const notRead = (study: string): UserError =>
  new UserError(
    'stimuli.not-read',
    'The test images of this study were not read yet, so answers cannot be matched with them',
    `study ${study}`,
    'Freeze any choice of test images first, such as a sample: this reads them.',
  );
