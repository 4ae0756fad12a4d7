import { Radio, Stack } from '@mantine/core';
import type { NamesChoice } from '../../../main/contract/labeling/tables.ts';

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
