import { CloseButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { TextField } from './fields.tsx';

/** Up to this number of classes, a list of them is read faster than it is searched. */
const fewClasses = 20;

/** Finds a class among many by a part of its name; with few, the field is null. @param label of the field */
export function useClassFilter(names: readonly string[], label = 'Find a class') {
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
  /** Whether a name has what is typed, whatever its case and accents. */
  const isShown = useCallback((name = '') => wanted === '' || folded(name).includes(wanted), [wanted]);
  return { field: names.length > fewClasses ? field : null, isActive: wanted !== '', isShown };
}

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').trim().toLowerCase();
