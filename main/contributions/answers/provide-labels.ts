import { basename, resolve } from 'node:path';
import { isDrawnPseudonym } from '../../domain/labeling/index.ts';
import { labelersText } from '../../domain/results/index.ts';
import type { Launcher } from '../../processes/index.ts';
import { absolutePath } from '../../services/declaration/index.ts';
import { peopleFromSessions } from '../../services/labels/index.ts';
import { type LabelersOfFile, placesOf, type ProvidedLabels, type Workbench } from '../../services/workbench/index.ts';
import { leftOutText } from './left-out-text.ts';
import { withOwnReading } from './reading.ts';
import { isSimulated, type ReadTable, storeAnswers, type StoredTable } from './tables/import.ts';
import { provideToolbox } from './toolbox/provide.ts';

interface StudyToLabel {
  readonly id: number;
  readonly name: string;
  readonly spec: LabelersOfFile;
  /** Where its paths begin. */
  readonly folder: string;
}

/** Stores the answers that a study file names. @see AnswerFiles */
export async function provideLabels(
  { workbench, launcher }: { workbench: Workbench; launcher: Launcher },
  study: StudyToLabel,
  setHash: string,
  warn: (message: string) => void,
): Promise<ProvidedLabels | null> {
  const { spec, name, folder } = study;
  if (spec.source === 'model-vs-human') {
    const found = { ...spec, path: absolutePath(spec.path, folder) };
    const detail = await withOwnReading(launcher, (reading) =>
      provideToolbox(workbench, { name, spec: found }, reading),
    );
    return { name: 'Answers', detail };
  }
  const path = resolve(folder, spec.path);
  const about = { ...placesOf(workbench), path, name: path, study: name };
  const read = await withOwnReading(launcher, (reading) =>
    reading.readTable({ ...about, wanted: { kind: 'single', mapping: null } }),
  );
  return storeLabels(workbench, study, setHash, { ...read, file: { name: basename(path) } }, warn);
}

/** Stores single labels in place of those of other tables. Null: they are simulated, and people labeled in sessions. */
export async function storeLabels(
  workbench: Workbench,
  { id, name, spec }: Omit<StudyToLabel, 'folder'>,
  setHash: string,
  table: ReadTable,
  warn: (message: string) => void,
): Promise<ProvidedLabels | null> {
  const simulated = isSimulated(table.mapping);
  if (simulated && peopleFromSessions(workbench, id).length > 0) {
    warn(`The labelers of ${spec.path} are simulated; they are left out, as people labeled in sessions.`);
    return null;
  }
  const into = { studyName: name, setHash, names: 'keep', replaces: true, mayBeEmpty: true } as const;
  const detail = labelsText(await storeAnswers(workbench, into, table));
  return { name: simulated ? 'Rehearsal labels' : 'Labels', detail };
}

/** Single labels that were imported, in words. */
export function labelsText({ imported, simulated, present, pseudonyms }: StoredTable): string {
  if (imported.kind !== 'single') throw new Error('these are no single labels');
  const left = leftOutText(imported.leftOut, present);
  const isNamed = !simulated && pseudonyms.some((pseudonym) => !isDrawnPseudonym(pseudonym));
  const names = isNamed ? '; exports, reports and archives name them as the table does' : '';
  return `${labelersText({ ...imported, simulated })}${left === '' ? '' : `; left out: ${left}`}${names}`;
}
