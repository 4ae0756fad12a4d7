import { Button, Group, Select } from '@mantine/core';
import type { PaperState, PaperWord } from '../../../../main/contract/labeling/paper.ts';
import type { VolunteerView } from '../../../../main/contract/labeling/volunteer.ts';
import { counted } from '../../../ui/format.ts';

export interface MismatchesProps {
  state: PaperState;
  options: VolunteerView['options'];
  /** What the sheet really says. */
  onSettle: (trial: number, choice: PaperWord) => void;
}

/** Answers that were typed differently, to be settled with a look at the sheet. */
export function Mismatches({ state: { mismatches, first, second }, options, onSettle }: MismatchesProps) {
  if (mismatches.length === 0) return null;
  const words: { choice: PaperWord; name: string }[] = [...options, { choice: 'blank', name: 'Left blank' }];
  return (
    <section className="labeling-warning" aria-label="Typed differently">
      <div>
        <p>{counted(mismatches.length, 'image')} typed differently. Look at the sheet:</p>
        {mismatches.map((trial) => (
          <Group key={trial} gap="xs" mt={4}>
            <span>Image {trial + 1}</span>
            {words
              .filter(({ choice }) => choice === first[trial] || choice === second[trial])
              .map(({ choice, name }) => (
                <Button
                  key={choice}
                  size="compact-xs"
                  variant="default"
                  aria-label={`Image ${trial + 1} is ${name}`}
                  onClick={() => onSettle(trial, choice)}
                >
                  {name}
                </Button>
              ))}
            <Select
              size="xs"
              aria-label={`Image ${trial + 1} is another answer`}
              placeholder="Another answer"
              searchable
              data={words.map(({ choice, name }) => ({ value: String(choice), label: name }))}
              value={null}
              onChange={(value) => {
                const word = words.find(({ choice }) => String(choice) === value);
                if (word) onSettle(trial, word.choice);
              }}
            />
          </Group>
        ))}
      </div>
    </section>
  );
}
