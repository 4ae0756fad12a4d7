import type { ReactNode } from 'react';
import { formatCount } from '../../../../main/domain/format.ts';
import { useClassFilter } from '../../../ui/class-filter.tsx';
import { HelpNote } from '../../../ui/states.tsx';

/** More rows than that are slow; a class among more is searched. */
const mostRows = 100;

interface ClassRows {
  /** Finds a class; null with few classes. */
  field: ReactNode;
  /** Places of the classes that are shown. */
  rows: number[];
  /** Says that not all are shown. */
  note: ReactNode;
}

/** The classes for which a form has a row or a field each. */
export function useClassRows(classes: readonly string[]): ClassRows {
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
