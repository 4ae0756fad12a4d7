import { Button, Group, Select } from '@mantine/core';
import { useState } from 'react';
import { formatCount, formatInteger } from '../../main/domain/format.ts';
import { HelpNote } from './states.tsx';

/** A spelling in a column of labels, its rows, and the class that it probably means. */
interface Word {
  readonly text: string;
  readonly count: number;
  readonly guess: number | null;
}

interface LabelWordsProps {
  labels: readonly Word[];
  /** Classes of the stimuli. */
  names: readonly string[];
  /** The class index of each spelling; null: left blank. */
  classes: Readonly<Record<string, number | null>>;
  /** Whether a spelling may mean that there is no label. */
  mayBeBlank: boolean;
  onClasses: (classes: Record<string, number | null>) => void;
}

const blank = 'blank';
/** Fields on a page: more than that are slow. */
const perPage = 100;

/** The class of each spelling in a column of labels. Spellings without a guess come first. */
export function LabelWords({ labels, names, classes, mayBeBlank, onClasses }: LabelWordsProps) {
  const [page, setPage] = useState(0);
  const data = [
    ...names.map((label, index) => ({ value: String(index), label })),
    ...(mayBeBlank ? [{ value: blank, label: 'Left blank' }] : []),
  ];
  // Sorted by the guess, not by the choice, so that a field does not move when it is filled.
  const isOpen = ({ guess, text }: Word): boolean => guess === null && !(mayBeBlank && text === '');
  const words = [...labels.filter(isOpen), ...labels.filter((word) => !isOpen(word))];
  const [from, pages] = [page * perPage, Math.ceil(words.length / perPage)];
  return (
    <section className="label-words" aria-labelledby="words">
      <h3 id="words">What the labels mean</h3>
      {pages > 1 && (
        <HelpNote>
          {formatInteger(from + 1)} to {formatInteger(Math.min(words.length, from + perPage))} of{' '}
          {formatInteger(words.length)}, those without a class first.
        </HelpNote>
      )}
      <div className="column-fields">
        {words.slice(from, from + perPage).map(({ text, count }) => (
          <Select
            key={text}
            label={`${text === '' ? '(empty)' : text} (${formatCount(count, 'row')})`}
            placeholder="Choose a class"
            data={data}
            searchable={data.length > 20}
            allowDeselect={false}
            value={Object.hasOwn(classes, text) ? String(classes[text] ?? blank) : null}
            onChange={(value) =>
              value !== null && onClasses({ ...classes, [text]: value === blank ? null : Number(value) })
            }
          />
        ))}
      </div>
      {pages > 1 && (
        <Group gap="xs" mt="sm">
          <Button size="compact-sm" variant="default" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Previous labels
          </Button>
          <Button size="compact-sm" variant="default" disabled={page >= pages - 1} onClick={() => setPage(page + 1)}>
            Next labels
          </Button>
        </Group>
      )}
    </section>
  );
}
