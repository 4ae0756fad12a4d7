import { formatCount } from '../../../main/domain/numbers/index.ts';
import { useClassFilter } from '../../ui/fields/index.ts';
import { HelpNote } from '../../ui/parts/index.ts';

/** More rows than that are slow; a class among more is searched. */
const mostRows = 100;

/** Places of the classes that a form has rows for, a field that finds them, and a note if not all are shown. */
export function useClassRows(classes: readonly string[]) {
  const { field, isShown } = useClassFilter(classes);
  const found = classes.flatMap((name, k) => (isShown(name) ? [k] : []));
  const note =
    found.length > mostRows ? (
      <HelpNote>
        The first {mostRows} of {formatCount(found.length, 'class')}. Find the others by their names.
      </HelpNote>
    ) : null;
  return { field, rows: found.slice(0, mostRows), note };
}
