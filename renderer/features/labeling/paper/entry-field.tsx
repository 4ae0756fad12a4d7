import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { PaperWord } from '../../../../main/contract/labeling/paper.ts';
import type { VolunteerView } from '../../../../main/contract/labeling/volunteer.ts';

export interface EntryFieldProps {
  /** What was typed this time, by trial. */
  typed: readonly (PaperWord | null)[];
  options: VolunteerView['options'];
  onEntry: (trial: number, choice: PaperWord) => void;
}

/** One key an answer, from the first image that has none. What was typed the other time does not show. */
export function EntryField({ typed, options, onEntry }: EntryFieldProps) {
  const [trial, setTrial] = useState(() => {
    const open = typed.indexOf(null);
    return open < 0 ? typed.length : open;
  });
  const [said, setSaid] = useState('');
  const name = (at: number): string =>
    options.find(({ choice }) => choice === typed[at])?.name ?? (typed[at] === 'blank' ? 'left blank' : 'not typed');
  const go = (next: number): void => setTrial(Math.max(0, Math.min(typed.length, next)));
  const take = (key: string): void => {
    const option = options.find((each) => each.key === key);
    if (!option) return setSaid(`${key} is none of the answers`);
    onEntry(trial, option.choice);
    setSaid(`${trial + 1}: ${option.name}`);
    go(trial + 1);
  };
  const isDone = trial >= typed.length;
  return (
    <div>
      <TextInput
        label={isDone ? 'Every image was typed' : `Answer on the sheet for image ${trial + 1}`}
        data-autofocus
        autoComplete="off"
        value=""
        readOnly={isDone}
        onChange={(event) => take(event.currentTarget.value.slice(-1))}
        onKeyDown={(event) => {
          if (event.key === 'Backspace' || event.key === 'ArrowLeft') go(trial - 1);
          else if (event.key === 'ArrowRight') go(trial + 1);
          else if (event.key === 'Enter' && !isDone) {
            onEntry(trial, 'blank');
            setSaid(`${trial + 1}: left blank`);
            go(trial + 1);
            event.preventDefault();
            return;
          } else return;
          setSaid('');
          event.preventDefault();
        }}
      />
      <p className="soft" role="status">
        {said !== '' ? said : trial > 0 ? `Before: ${trial}: ${name(trial - 1)}` : ''}
      </p>
    </div>
  );
}
