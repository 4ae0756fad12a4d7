import { CloseButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useCallback, useState } from 'react';
import { TextField } from './fields.tsx';

/** Up to this number of classes, a list of them is read faster than it is searched. */
const fewClasses = 20;

interface ClassFilter {
  /** Null with few classes. */
  field: ReactNode;
  /** Something is typed. */
  isActive: boolean;
  /** Whether a name has what is typed, whatever its case and accents. */
  isShown: (name: string | undefined) => boolean;
}

/** A field that finds a class among many by a part of its name. @param label accessible name: `Find a class` */
export function useClassFilter(names: readonly string[], label = 'Find a class'): ClassFilter {
  const [typed, setTyped] = useState('');
  const wanted = folded(typed);
  const field = (
    <TextField
      w={220}
      maw="100%"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={14} stroke={1.5} aria-hidden />}
      rightSection={typed !== '' && <CloseButton size="xs" aria-label="Clear" onClick={() => setTyped('')} />}
      maxLength={64}
      value={typed}
      onChange={setTyped}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || typed === '') return;
        // The first Escape empties the field; the next one closes a dialog around it.
        event.stopPropagation();
        event.nativeEvent.stopImmediatePropagation();
        setTyped('');
      }}
    />
  );
  const isShown = useCallback((name = '') => wanted === '' || folded(name).includes(wanted), [wanted]);
  return { field: names.length > fewClasses ? field : null, isActive: wanted !== '', isShown };
}

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').trim().toLowerCase();
