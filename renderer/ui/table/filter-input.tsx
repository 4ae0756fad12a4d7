import { CloseButton, TextInput } from '@mantine/core';
import { getHotkeyHandler, useHotkeys } from '@mantine/hooks';
import { useRef } from 'react';
import { IconSearch } from '@tabler/icons-react';

interface FilterInputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Moves the focus to the rows. */
  onDone: () => void;
  /** CSS pixels. */
  w?: number;
}

/** A filter field: `/` focuses it, Enter and the arrow down leave it, Escape also clears it. */
export function FilterInput({ label, value, onChange, onDone, w = 220 }: FilterInputProps) {
  const input = useRef<HTMLInputElement>(null);
  const focus = (): void => input.current?.focus();
  const clear = (): void => {
    onChange('');
    onDone();
  };
  // On many keyboards `/` needs the Shift key.
  useHotkeys([
    ['/', focus],
    ['shift+/', focus],
  ]);
  return (
    <TextInput
      ref={input}
      aria-label={label}
      placeholder="Filter ( / )"
      leftSection={<IconSearch size={14} stroke={1.5} />}
      rightSection={
        value !== '' && <CloseButton size="xs" aria-label="Clear the filter" onClick={() => onChange('')} />
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.slice(0, 200))}
      onKeyDown={getHotkeyHandler([
        ['Escape', clear],
        ['Enter', onDone],
        ['ArrowDown', onDone],
      ])}
      w={w}
    />
  );
}
