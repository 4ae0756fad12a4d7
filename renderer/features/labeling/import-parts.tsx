import { Radio, Stack, Table } from '@mantine/core';
import type { NamesChoice } from '../../../main/contract/labeling/tables.ts';
import { formatCount } from '../../../main/domain/format.ts';
import { ScrollBox } from '../../ui/plain-table.tsx';

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
