import { Button, Group, Select } from '@mantine/core';
import { useState } from 'react';
import type { ClassMapping, TableLook } from '../../../../main/contract/labeling/tables.ts';
import { counted, whole } from '../../../ui/format.ts';
import { HelpNote } from '../../../ui/states.tsx';

export interface LabelWordsProps {
  look: TableLook;
  /** Classes of the stimuli. */
  names: readonly string[];
  classes: ClassMapping;
  onClasses: (classes: ClassMapping) => void;
}

const blank = 'blank';
/** Words on a page: more fields than that are slow. */
const perPage = 100;

/** What each word of the label column means. Those that the table's own guess puts nowhere come first. */
export function LabelWords({ look, names, classes, onClasses }: LabelWordsProps) {
  const [page, setPage] = useState(0);
  const data = [
    ...names.map((label, index) => ({ value: String(index), label })),
    { value: blank, label: 'Left blank' },
  ];
  // By the guess, not by what was chosen since: a field stays where it is once it is filled.
  const isOpen = ({ guess, text }: TableLook['labels'][number]): boolean => guess === null && text !== '';
  const words = [...look.labels.filter(isOpen), ...look.labels.filter((word) => !isOpen(word))];
  const [from, pages] = [page * perPage, Math.ceil(words.length / perPage)];
  return (
    <section className="labeling-words" aria-labelledby="words">
      <h3 id="words">What the labels mean</h3>
      {pages > 1 && (
        <HelpNote>
          {whole(from + 1)} to {whole(Math.min(words.length, from + perPage))} of {whole(words.length)}, those without a
          class first.
        </HelpNote>
      )}
      <div className="labeling-fields">
        {words.slice(from, from + perPage).map(({ text, count }) => (
          <Select
            key={text}
            label={`${text === '' ? '(empty)' : text} (${counted(count, 'row')})`}
            placeholder="Choose a class"
            data={data}
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
            Words before
          </Button>
          <Button size="compact-sm" variant="default" disabled={page >= pages - 1} onClick={() => setPage(page + 1)}>
            Further words
          </Button>
        </Group>
      )}
    </section>
  );
}
