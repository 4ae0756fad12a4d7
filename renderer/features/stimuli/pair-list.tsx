import { className } from '../../../main/domain/numbers/format.ts';
import { ActionIcon, Button, Group, Select, Stack } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useClassFilter } from '../../ui/fields/class-filter.tsx';
import { ClassName } from '../../ui/words/class-name.tsx';
import { ScrollBox } from '../../ui/tables/plain-table.tsx';
import { submitting } from '../../ui/fields/fields.tsx';

interface PairListProps {
  names: readonly string[];
  pairs: readonly (readonly [number, number])[];
  disabled: boolean;
  /** Adds or removes a pair. */
  onToggle: (a: number, b: number) => void;
}

/** Pairs as a list, for more classes than a drawing or a table of boxes can show. */
export function PairList({ names, pairs, disabled, onToggle }: PairListProps) {
  const [chosen, setChosen] = useState<readonly [string | null, string | null]>([null, null]);
  const [a, b] = chosen;
  const [first, second] = [Number(a), Number(b)];
  const isKnown = pairs.some(([i, j]) => i === Math.min(first, second) && j === Math.max(first, second));
  const problem =
    a !== null && a === b ? 'Choose two different classes.' : isKnown ? 'This pair is in the list.' : null;
  const canAdd = a !== null && b !== null && problem === null;
  const find = useClassFilter(names, 'Find a class in the list');
  const shown = pairs.filter((pair) => pair.some((k) => find.isShown(names[k])));
  const data = names.map((label, k) => ({ value: String(k), label }));
  return (
    <Stack component="section" aria-label="Pairs">
      <form
        onSubmit={submitting(() => {
          if (!canAdd) return;
          onToggle(first, second);
          setChosen([a, null]);
        })}
      >
        <Group gap="sm" align="start">
          {(['First class', 'Second class'] as const).map((label, place) => (
            <Select
              key={label}
              label={label}
              w={220}
              searchable
              nothingFoundMessage="No such class"
              data={data}
              disabled={disabled}
              error={place === 1 ? problem : null}
              value={chosen[place] ?? null}
              onChange={(value) => setChosen(place === 0 ? [value, b] : [a, value])}
            />
          ))}
          <Button variant="filled" type="submit" mt={19} disabled={disabled || !canAdd}>
            Add pair
          </Button>
        </Group>
      </form>
      {find.field}
      <ScrollBox label="Chosen pairs" className="stimuli-pair-chips" maxHeight={360}>
        <ul className="bare-list">
          {shown.map(([i, j]) => (
            <li key={`${i}-${j}`}>
              <ClassName name={className(names, i)} /> – <ClassName name={className(names, j)} />
              <ActionIcon
                size="xs"
                aria-label={`Remove the pair ${names[i]} and ${names[j]}`}
                // A design needs at least one pair.
                disabled={disabled || pairs.length < 2}
                onClick={() => onToggle(i, j)}
              >
                <IconX size={12} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      </ScrollBox>
    </Stack>
  );
}
