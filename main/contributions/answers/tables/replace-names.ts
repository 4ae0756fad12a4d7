import type { TableFile } from '../table-kinds.ts';
import type { NamesChoice } from '../contract/tables.ts';
import { isDrawnPseudonym } from '../../../domain/labeling/index.ts';
import type { NamedPerson } from '../../../storage/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import { newPseudonym, takenNames } from '../../../services/labels/index.ts';
import { nothing } from './table-file.ts';

export interface ReplacedNames {
  /** The pseudonym of a name, which is drawn if the person is new and names are not kept. */
  of(name: string): string;
  /** Pseudonyms drawn so far, with the names that they replace. */
  readonly drawn: readonly NamedPerson[];
}

/**
 * Pseudonyms for the names of a table. Whoever was imported from the same table before keeps theirs, or their name if it
 * was kept then; what looks like a pseudonym of this program stays as it is.
 * @throws UserError `labeling.table` if the names of people who were imported from it before were deleted
 */
export function replaceNames(
  workbench: Workbench,
  studyId: number,
  { source, file, people }: { source: string; file: Pick<TableFile, 'name'>; people: ReadonlySet<string> },
  choice: NamesChoice,
): ReplacedNames {
  const { storage } = workbench;
  const known = new Map(storage.importedNames.people(source).map(({ name, pseudonym }) => [name, pseudonym]));
  const here = new Set(storage.labelers.ofSource(source).map(({ pseudonym }) => pseudonym));
  const named = new Set(known.values());
  const isUnnamed = (pseudonym: string): boolean => !named.has(pseudonym) && !people.has(pseudonym);
  if ([...here].some((pseudonym) => isDrawnPseudonym(pseudonym) && isUnnamed(pseudonym))) throw namesDeleted(file);
  const isTaken = takenNames(workbench, studyId);
  const drawn: NamedPerson[] = [];
  return {
    drawn,
    of(name) {
      const stays = choice === 'keep' || here.has(name) || isDrawnPseudonym(name);
      const before = known.get(name) ?? (stays ? name : undefined);
      const pseudonym = before ?? newPseudonym((each) => here.has(each) || isTaken(each));
      if (before === undefined) drawn.push({ name, pseudonym });
      known.set(name, pseudonym);
      return pseudonym;
    },
  };
}

const namesDeleted = (file: Pick<TableFile, 'name'>) =>
  nothing(
    'This table was imported before under pseudonyms, and the list of its names was deleted since',
    file,
    'Its labels are stored already. Nobody can tell any more which of its people is who.',
  );
