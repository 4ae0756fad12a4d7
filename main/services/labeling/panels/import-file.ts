import { basename } from 'node:path';
import type { PanelMapping } from '../../../contract/labeling/panels.ts';
import { UserError } from '../../../contract/errors.ts';
import type { PanelKind, PanelRecord } from '../../../contract/responses.ts';
import { refusals } from '../../labels/refusals.ts';
import type { Workbench } from '../../tools/workbench.ts';
import { fileSource } from '../../labels/labels-file.ts';
import type { TableFile } from '../tables/readers.ts';
import { storePanel } from './import.ts';
import { type About, panelAbout, previewPanel, readPanel } from './read.ts';

export interface Wanted {
  /** Null: what the columns look like, or if they look like nothing else, single labels. */
  kind: PanelKind | null;
  /** Labels of each image, where columns have shares. */
  total: number | null;
  /** Names that are set aside; null: models, in a table of people and models. */
  aside: string[] | null;
}

/**
 * Imports answers of a kind other than single labels, with a guessed mapping. Names of people stay.
 * @returns null if no kind is wanted and the file looks like single labels
 * @throws UserError `csv.*`, `file.*`, `labeling.*`
 */
export function importPanelFile(
  workbench: Workbench,
  studyName: string,
  path: string,
  wanted: Wanted & { kind: PanelKind },
): Promise<PanelRecord>;
export function importPanelFile(
  workbench: Workbench,
  studyName: string,
  path: string,
  wanted: Wanted,
): Promise<PanelRecord | null>;
export async function importPanelFile(
  workbench: Workbench,
  studyName: string,
  path: string,
  wanted: Wanted,
): Promise<PanelRecord | null> {
  const [file, source] = [{ path, name: basename(path) }, await fileSource(path)];
  const about = panelAbout(workbench, studyName, source);
  const read = await readGuessed(file, about, wanted);
  if (!read) return null;
  const { mapping, ...panel } = read;
  const into = { studyName, setHash: about.set.hash, mapping, names: 'keep' } as const;
  return storePanel(workbench, into, { source, file, ...panel });
}

/**
 * Reads answers with a guessed mapping.
 * @returns null if no kind is wanted and the file looks like single labels
 * @throws UserError `csv.*`, `file.*`, `labeling.table`
 */
export async function readGuessed(file: TableFile, about: About, wanted: Wanted) {
  const { kind } = wanted;
  const guess = await previewPanel(file, { ...about, kind, mapping: null });
  if (!guess.mapping) {
    if (kind === null) return null;
    throw refusals.table(
      `The columns of this table do not look like answers of the kind “${kind}”`,
      file.name,
      'Choose its columns on the screen Labeling of a study with these images.',
    );
  }
  const mapping = withWanted(guess.mapping, wanted);
  if (guess.problem && mapping === guess.mapping) {
    const { what, where, remedy } = guess.problem;
    throw new UserError('labeling.table', what, where, remedy);
  }
  return { mapping, ...(await readPanel(file, { ...about, mapping })) };
}

function withWanted(mapping: PanelMapping, { total, aside }: Wanted): PanelMapping {
  if (mapping.layout === 'wide') return total === null ? mapping : { ...mapping, total };
  return mapping.layout === 'answers' && aside !== null ? { ...mapping, aside } : mapping;
}
