import { Button, Group, Radio, Select, Stack, Table } from '@mantine/core';
import { useState } from 'react';
import { cannotTell, type PanelWords } from '../../../main/contract/labeling/panels.ts';
import type { NamesChoice } from '../../../main/contract/labeling/tables.ts';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { HelpNote } from '../../ui/states.tsx';

/** Whether people get pseudonyms. Nobody but the researcher knows whether the names in a table are real ones. */
export function NamesQuestion({ choice, onChoose }: { choice: NamesChoice; onChoose: (choice: NamesChoice) => void }) {
  return (
    <Radio.Group
      label="Names of people in the table"
      value={choice}
      onChange={(value) => onChoose(value === 'keep' ? 'keep' : 'replace')}
    >
      <Stack gap="xs" mt="xs">
        <Radio
          value="replace"
          label="Replace them with pseudonyms"
          description="The list of names stays in this data folder, in a file of its own that you can delete. Backups, archives, exports and reports do not have it. Pseudonyms of this program, such as P-7KQM, stay as they are."
        />
        <Radio
          value="keep"
          label="Keep them, because they are pseudonyms already"
          description="Exports, reports, archives and backups name people as the table does."
        />
      </Stack>
    </Radio.Group>
  );
}

/** Names the first three spellings without a class, and how many there are. */
export function unmappedText(open: readonly string[]): string {
  const more = open.length > 3 ? ` and ${formatCount(open.length - 3, 'other')}` : '';
  const words = open.slice(0, 3).map((text) => (text === '' ? '(empty)' : text));
  return `Choose a class for ${words.join(', ')}${more}.`;
}

export function Sample({ columns, sample }: { columns: readonly string[]; sample: readonly (readonly string[])[] }) {
  return (
    <ScrollBox className="labeling-scroll" label="First rows">
      <Table withColumnBorders data={{ head: [...columns], body: sample.slice(0, 4).map((row) => [...row]) }} />
    </ScrollBox>
  );
}

/** What a spelling may mean. */
type Meaning = PanelWords[string];

interface LabelWordsProps {
  /** Spellings, with guesses; null: none. */
  words: readonly { text: string; count: number; guess: Meaning }[];
  /** Classes of the stimuli. */
  names: readonly string[];
  /** What each spelling means; null: left blank. */
  meanings: PanelWords;
  /** Whether people may have answered "can't tell". */
  canAbstain: boolean;
  onChoose: (text: string, meaning: Meaning) => void;
}

const blank = 'blank';
/** Fields on a page: more than that are slow. */
const perPage = 100;

/** The class of each spelling in the label column. Spellings without a guess come first. */
export function LabelWords({ words: all, names, meanings, canAbstain, onChoose }: LabelWordsProps) {
  const [page, setPage] = useState(0);
  const data = [
    ...names.map((label, index) => ({ value: String(index), label })),
    ...(canAbstain ? [{ value: cannotTell, label: 'Can’t tell' }] : []),
    { value: blank, label: 'Left blank' },
  ];
  // Sorted by the guess, not by the choice, so that a field does not move when it is filled.
  const isOpen = ({ guess, text }: (typeof all)[number]): boolean => guess === null && text !== '';
  const words = [...all.filter(isOpen), ...all.filter((word) => !isOpen(word))];
  const [from, pages] = [page * perPage, Math.ceil(words.length / perPage)];
  return (
    <section className="labeling-words" aria-labelledby="words">
      <h3 id="words">What the labels mean</h3>
      {pages > 1 && (
        <HelpNote>
          {formatInteger(from + 1)} to {formatInteger(Math.min(words.length, from + perPage))} of{' '}
          {formatInteger(words.length)}, those without a class first.
        </HelpNote>
      )}
      <div className="labeling-fields">
        {words.slice(from, from + perPage).map(({ text, count }) => (
          <Select
            key={text}
            label={`${text === '' ? '(empty)' : text} (${formatCount(count, 'row')})`}
            placeholder="Choose a class"
            data={data}
            searchable={data.length > 20}
            allowDeselect={false}
            value={Object.hasOwn(meanings, text) ? String(meanings[text] ?? blank) : null}
            onChange={(value) => value !== null && onChoose(text, meaningOf(value))}
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

const meaningOf = (value: string): Meaning =>
  value === blank ? null : value === cannotTell ? cannotTell : Number(value);
