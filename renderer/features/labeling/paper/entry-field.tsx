import { Group, Select, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { PaperWord } from '../../../../main/contract/labeling/paper.ts';
import type { VolunteerView } from '../../../../main/contract/labeling/volunteer.ts';
import { choiceOfKey } from '../../desk/answer-key.ts';
import { NumberField } from '../plan/number-field.tsx';

export interface EntryFieldProps {
  /** What was typed this time, by trial. */
  typed: readonly (PaperWord | null)[];
  options: VolunteerView['options'];
  onEntry: (trial: number, choice: PaperWord) => void;
}

/**
 * One key an answer, on any keyboard, from the first image that has none; answers without a key are chosen by name. What
 * was typed the other time does not show.
 */
export function EntryField({ typed, options, onEntry }: EntryFieldProps) {
  const [trial, setTrial] = useState(() => {
    const open = typed.indexOf(null);
    return open < 0 ? typed.length : open;
  });
  const [said, setSaid] = useState('');
  const name = (at: number): string =>
    options.find(({ choice }) => choice === typed[at])?.name ?? (typed[at] === 'blank' ? 'left blank' : 'not typed');
  const go = (next: number): void => setTrial(Math.max(0, Math.min(typed.length, next)));
  const field = useRef<HTMLInputElement>(null);
  const take = (option: VolunteerView['options'][number]): void => {
    onEntry(trial, option.choice);
    setSaid(`${trial + 1}: ${option.name}`);
    go(trial + 1);
  };
  const takeSign = (sign: string): void => {
    const option = options.find(({ key }) => key !== '' && key === sign.toLowerCase());
    if (option) take(option);
    else setSaid(`${sign} is none of the answers`);
  };
  const isDone = trial >= typed.length;
  const keyless = options.filter(({ key }) => key === '');
  return (
    <div>
      <TextInput
        ref={field}
        label={isDone ? 'Every image was typed' : `Answer on the sheet for image ${trial + 1}`}
        data-autofocus
        autoComplete="off"
        value=""
        readOnly={isDone}
        // What comes without a key that can be told: keyboards on the screen.
        onChange={(event) => takeSign(event.currentTarget.value.slice(-1))}
        onKeyDown={(event) => {
          const choice = isDone ? undefined : choiceOfKey(options, event.nativeEvent);
          const option = options.find((each) => each.choice === choice);
          if (option) {
            take(option);
            event.preventDefault();
            return;
          }
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
      <Group align="end" gap="sm">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            field.current?.focus();
          }}
        >
          <NumberField
            label="Go to image"
            min={1}
            max={typed.length}
            value={Math.min(trial + 1, typed.length)}
            onChange={(image) => {
              go(image - 1);
              setSaid('');
            }}
          />
        </form>
        {keyless.length > 0 && (
          <Select
            label="Answer without a key"
            placeholder="Choose it by its name"
            searchable
            disabled={isDone}
            data={keyless.map(({ choice, name: label }) => ({ value: String(choice), label }))}
            value={null}
            onChange={(value) => {
              const option = keyless.find(({ choice }) => String(choice) === value);
              if (option) take(option);
            }}
          />
        )}
      </Group>
      <p className="soft" role="status">
        {said !== '' ? said : trial > 0 ? `Before: ${trial}: ${name(trial - 1)}` : ''}
      </p>
    </div>
  );
}
