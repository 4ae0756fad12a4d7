import { basename, resolve } from 'node:path';
import type { LabelersSpec } from '../../contract/study.ts';
import { formatCount } from '../../domain/format.ts';
import { isDrawnPseudonym } from '../../domain/labeling/pseudonym.ts';
import { rehearse } from '../../domain/rehearsal.ts';
import { leftOutText } from '../../domain/response-kinds.ts';
import type { LabelRow, ResponseTable, StimulusRecord } from '../../storage/index.ts';
import { peopleFromSessions, underLock } from '../labels/people.ts';
import { importedFrom } from '../labels/sources.ts';
import type { Workbench } from '../tools/workbench.ts';
import { isSimulated, type ReadTable, storeAnswers, type StoredTable } from './tables/import.ts';

interface StudyToLabel {
  id: number;
  name: string;
  spec: LabelersSpec;
  folder: string;
  classes: number;
}

/** Reads a file with single labels as imports do: a host has another process do it. */
export type ReadLabels = (path: string) => Promise<Omit<ReadTable, 'file'>>;

interface ProvidedLabels {
  simulated: boolean;
  detail: string;
}

const knownText = (labelers: readonly { source: string }[]): string => {
  const files = labelers.filter(({ source }) => source.startsWith(importedFrom)).length;
  if (files === 0) return `${formatCount(labelers.length, 'labeler')} from labeling sessions`;
  return `${formatCount(labelers.length, 'labeler')}, ${files === labelers.length ? '' : `${files} of them `}imported before`;
};

/**
 * Stores the labels that the study file names: from a table, or simulated for a rehearsal. Repeating it changes nothing.
 * Without a named file, imported labels of people stay and replace a rehearsal. Imported simulated labels stay if the study
 * file names no labels. Imported labelers of other stimuli leave the study, with a warning. Null: there are no labels.
 * @throws UserError `csv.*`, `rehearsal.*`, `labeling.*`; nothing is stored then.
 */
export async function provideLabels(
  workbench: Workbench,
  study: StudyToLabel,
  setHash: string,
  { warn, read }: { warn: (message: string) => void; read: ReadLabels },
): Promise<ProvidedLabels | null> {
  const { spec, id, name, classes } = study;
  if (spec.source === 'csv') {
    const path = resolve(study.folder, spec.path);
    const table = { ...(await read(path)), file: { name: basename(path) } };
    if (!isSimulated(table.mapping) || peopleFromSessions(workbench, id).length === 0) {
      const into = { studyName: name, setHash, names: 'keep', replaces: true, mayBeEmpty: true } as const;
      return { simulated: isSimulated(table.mapping), detail: labelsText(await storeAnswers(workbench, into, table)) };
    }
    warn(`The labelers of ${spec.path} are simulated; they are left out, as people labeled in sessions.`);
  }
  const { storage, now } = workbench;
  const imported = storage.labelers
    .ofStudy(id)
    .filter(({ simulated, source }) => !simulated || (spec.source === 'none' && source.startsWith(importedFrom)));
  const known = imported.filter((labeler) => storage.responses.log(setHash, labeler.id).length > 0);
  if (known.length > 0) {
    return {
      simulated: known.some((labeler) => labeler.simulated),
      detail: knownText(known),
    };
  }
  if (imported.length > 0) {
    warn(
      `${formatCount(imported.length, 'labeler')} imported before labeled other stimuli and are left out. ` +
        'Import labels of these stimuli with `boundary responses import`.',
    );
  }
  if (spec.source !== 'rehearsal') {
    underLock(workbench, id, () => storage.studies.useLabelers(id, [], now()));
    return null;
  }
  const table = rehearsalTable(spec, storage.stimulusSets.get(setHash)?.images ?? [], classes, setHash);
  const labelers = underLock(workbench, id, () => {
    const made = storage.responses.importTable({ ...table, studyId: id }, now());
    storage.studies.useLabelers(id, made, now());
    return made.length;
  });
  const labels = table.rows.filter(({ label }) => label !== null).length;
  return { simulated: true, detail: amountText({ labelers, labels, simulated: true }) };
}

const amountText = ({
  labelers,
  labels,
  simulated,
}: {
  labelers: number;
  labels: number;
  simulated: boolean;
}): string =>
  `${simulated ? `${formatCount(labelers, 'simulated labeler')} (rehearsal only)` : formatCount(labelers, 'labeler')}, ${formatCount(labels, 'label')}`;

/** Single labels that were imported, in words. */
export function labelsText({ imported, simulated, present, pseudonyms }: StoredTable): string {
  if (imported.kind !== 'single') throw new Error('these are no single labels');
  const left = leftOutText(imported.leftOut, present);
  const isNamed = !simulated && pseudonyms.some((pseudonym) => !isDrawnPseudonym(pseudonym));
  const names = isNamed ? '; exports, reports and archives name them as the table does' : '';
  return `${amountText({ ...imported, simulated })}${left === '' ? '' : `; left out: ${left}`}${names}`;
}

function rehearsalTable(
  { count, seed }: { count: number; seed: number },
  images: readonly StimulusRecord[],
  classes: number,
  setHash: string,
): ResponseTable & { rows: LabelRow[] } {
  const { pseudonyms, labels } = rehearse({ points: images, classes, count, seed });
  const rows = pseudonyms.flatMap((pseudonym, labeler) =>
    images.map(({ id }, index) => ({ imageId: id, pseudonym, label: labels[labeler]?.[index] ?? null })),
  );
  return { setHash, simulated: true, source: `rehearsal:${seed}`, rows };
}
