import { Button, Group, Stack, Table } from '@mantine/core';
import { type ComponentProps, useState } from 'react';
import { cannotTell, type PeopleWords } from '../../../main/contributions/answers/contract/words.ts';
import { formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { ScrollBox } from '../../ui/tables/index.ts';
import { HelpNote } from '../../ui/parts/index.ts';
import { ChoiceField } from '../../ui/fields/index.ts';

/** What a spelling may mean. */
type Meaning = PeopleWords[string];

interface LabelWordsProps {
  /** Spellings, with guesses; null: none. */
  words: readonly { text: string; count: number; guess: Meaning }[];
  /** Classes of the stimuli. */
  names: readonly string[];
  /** What each spelling means; null: left blank. */
  meanings: PeopleWords;
  /** Whether people may have answered "can't tell". */
  canAbstain: boolean;
  /** Whether a spelling may mean that there is no label. */
  mayBeBlank?: boolean;
  onChoose: (text: string, meaning: Meaning) => void;
}

const blank = 'blank';
/** Fields on a page: more than that are slow. */
export const mostFields = 100;

/** The class of each spelling in the label column. Spellings without a guess come first. */
export function LabelWords(props: LabelWordsProps) {
  const { words: all, names, meanings, canAbstain, mayBeBlank = true, onChoose } = props;
  const [page, setPage] = useState(0);
  const data = [
    ...names.map((label, index) => ({ value: String(index), label })),
    ...(canAbstain ? [{ value: cannotTell, label: 'Can’t tell' }] : []),
    ...(mayBeBlank ? [{ value: blank, label: 'Left blank' }] : []),
  ];
  // Sorted by the guess, not by the choice, so that a field does not move when it is filled.
  const isOpen = ({ guess, text }: (typeof all)[number]): boolean => guess === null && !(mayBeBlank && text === '');
  const words = [...all.filter(isOpen), ...all.filter((word) => !isOpen(word))];
  const [from, pages] = [page * mostFields, Math.ceil(words.length / mostFields)];
  return (
    <Stack component="section" aria-labelledby="words">
      <h3 id="words">What the labels mean</h3>
      {pages > 1 && (
        <HelpNote>
          {formatInteger(from + 1)} to {formatInteger(Math.min(words.length, from + mostFields))} of{' '}
          {formatInteger(words.length)}, those without a class first.
        </HelpNote>
      )}
      <div className="column-fields">
        {words.slice(from, from + mostFields).map(({ text, count }) => (
          <ChoiceField
            key={text}
            label={`${text === '' ? '(empty)' : text} (${formatCount(count, 'row')})`}
            placeholder="Choose a class"
            options={data}
            searchable={data.length > 20}
            value={Object.hasOwn(meanings, text) ? String(meanings[text] ?? blank) : null}
            onChange={(value) => onChoose(text, meaningOf(value))}
          />
        ))}
      </div>
      {pages > 1 && (
        <Group gap="xs" mt="sm">
          <Button size="compact-sm" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Previous labels
          </Button>
          <Button size="compact-sm" disabled={page >= pages - 1} onClick={() => setPage(page + 1)}>
            Next labels
          </Button>
        </Group>
      )}
    </Stack>
  );
}

const meaningOf = (value: string): Meaning =>
  value === blank ? null : value === cannotTell ? cannotTell : Number(value);

/** Names the first three spellings without a class, and how many there are; null: each has one. */
export function unmappedText(words: readonly { text: string }[], meanings: PeopleWords): string | null {
  const open = words.flatMap(({ text }) => (Object.hasOwn(meanings, text) ? [] : [text]));
  if (open.length === 0) return null;
  const more = open.length > 3 ? ` and ${formatCount(open.length - 3, 'other')}` : '';
  const first = open.slice(0, 3).map((text) => (text === '' ? '(empty)' : text));
  return `Choose a class for ${first.join(', ')}${more}.`;
}

/** The first rows of a table. */
export const TableSample = ({ columns, sample }: { columns: readonly string[]; sample: readonly string[][] }) => (
  <ScrollBox label="First rows">
    <Table withColumnBorders data={{ head: [...columns], body: sample.slice(0, 4) }} />
  </ScrollBox>
);

interface ColumnFieldProps extends Omit<ComponentProps<typeof ChoiceField>, 'value' | 'onChange' | 'options'> {
  columns: readonly string[];
  /** Null: no column; '': none yet. */
  value: string | null;
  /** What no column means; left out: there has to be one. */
  none?: string;
  onChange: (column: string | null) => void;
}

/** Values of the list: a column may be called like the entry for none. */
const noColumn = 'none';
const ofColumn = 'column:';

/** Which column of a table has something. */
export function ColumnField({ columns, value, none, onChange, ...field }: ColumnFieldProps) {
  const first = none === undefined ? [] : [{ value: noColumn, label: none }];
  return (
    <ChoiceField
      placeholder="Choose a column"
      {...field}
      searchable={columns.length > 20}
      options={[...first, ...columns.map((label) => ({ value: ofColumn + label, label }))]}
      value={value ? ofColumn + value : value === null && none !== undefined ? noColumn : null}
      onChange={(chosen) => onChange(chosen === noColumn ? null : chosen.slice(ofColumn.length))}
    />
  );
}
