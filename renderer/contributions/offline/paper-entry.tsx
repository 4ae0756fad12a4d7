import { Button, Group, Stack, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, useRef } from 'react';
import type { PaperState, PaperWord } from '../../../main/contributions/offline/paper-entries.ts';
import { formatCount, formatNames } from '../../../main/domain/numbers/index.ts';
import type { VolunteerView } from '../../../main/contributions/desk/contract/view.ts';
import type { OfflineCalls } from '../../../main/contributions/offline/calls.ts';
import { useApiOf } from '../../client/index.ts';
import { ScrollBox } from '../../ui/tables/index.ts';
import { CallButton, ErrorNotice, HelpNote, Loading } from '../../ui/parts/index.ts';
import { keyEffect, type KeyEffect, signEffect } from '../desk/page/answer-keys.ts';
import './paper.css';
import { CheckField, NumberField, Segments, submitting } from '../../ui/fields/index.ts';

/** Every entry, also of another page, changes what these calls answer. */
const meta = { follows: ['labeling'] };

/** Enters a person's paper answers twice, so that typing errors show. */
export function PaperEntry({ session, onDone }: { session: number; onDone: () => void }) {
  const api = useApiOf<OfflineCalls>('offline');
  const state = useQuery(api.paperState.queryOptions({ input: { session }, meta }));
  const view = useQuery(api.paperView.queryOptions({ input: { session }, meta }));
  const error = state.error ?? view.error;
  if (error) return <ErrorNotice error={error} />;
  if (!state.data || !view.data) return <Loading label="Loading the entries" />;
  return <Entry session={session} onDone={onDone} state={state.data} options={view.data.options} />;
}

/** Answers whose keys stand in one paragraph. */
const fewAnswers = 15;

/** Each key with its answer; only the key if both are the same. Many stand in columns that scroll. */
function Keys({ options }: { options: VolunteerView['options'] }) {
  const keyed = options.filter(({ key }) => key !== '');
  const list = (
    <ul className="paper-keys" data-many={keyed.length > fewAnswers || undefined} aria-label="Keys">
      {keyed.map(({ choice, key, name }) => (
        <li key={choice} title={name}>
          <kbd>{key}</kbd> {key !== name && <bdi>{name}</bdi>}
        </li>
      ))}
    </ul>
  );
  return keyed.length > fewAnswers ? (
    <ScrollBox label="Answers and keys" maxHeight={180}>
      {list}
    </ScrollBox>
  ) : (
    list
  );
}

interface EntryProps {
  session: number;
  state: PaperState;
  options: VolunteerView['options'];
  onDone: () => void;
}

function Entry({ session, state, options, onDone }: EntryProps) {
  const api = useApiOf<OfflineCalls>('offline');
  const [pass, setPass] = useState<1 | 2>(() => (state.first.includes(null) ? 1 : 2));
  const enter = useMutation(api.enterPaper.mutationOptions());
  const entries = pass === 1 ? state.first : state.second;
  const left = (of: PaperState['first']): number => of.filter((word) => word === null).length;
  return (
    <Stack gap="md">
      <Keys options={options} />
      <HelpNote>Enter: leave blank. Backspace: previous image. Each answer is saved at once.</HelpNote>
      <Segments
        label="Entry"
        value={pass === 1 ? '1' : '2'}
        onChange={(value) => setPass(value === '2' ? 2 : 1)}
        options={{
          '1': `First entry (${left(state.first)} remaining)`,
          '2': `Second entry (${left(state.second)} remaining)`,
        }}
      />
      <EntryField
        key={pass}
        entries={entries}
        options={options}
        onEntry={(trial, choice) => enter.mutate({ session, entries: [{ pass, trial, choice }] })}
      />
      {enter.isError && <ErrorNotice error={enter.error} safe="All earlier entries are saved." />}
      <Mismatches
        state={state}
        options={options}
        onSettle={(trial, choice) =>
          enter.mutate({ session, entries: ([1, 2] as const).map((each) => ({ pass: each, trial, choice })) })
        }
      />
      <Accept session={session} state={state} onDone={onDone} />
    </Stack>
  );
}

function Accept({ session, state, onDone }: Omit<EntryProps, 'options'>) {
  const api = useApiOf<OfflineCalls>('offline');
  const [leaveBlank, setLeaveBlank] = useState(false);
  const accept = useMutation(api.acceptPaper.mutationOptions({ onSuccess: onDone }));
  const { mismatches, once, untyped } = state;
  // During the first entry, everything is still incomplete.
  const isBegunTwice = state.second.some((word) => word !== null);
  const lacksConsent = state.asksConsent && !state.consented;
  return (
    <>
      {isBegunTwice && once.length > 0 && <HelpNote>Entered only once: {numbersText(once)}.</HelpNote>}
      {isBegunTwice && untyped.length > 0 && <HelpNote>Not entered: {numbersText(untyped)}.</HelpNote>}
      <Consent session={session} state={state} />
      {untyped.length > 0 && (
        <CheckField
          label={
            untyped.length === 1 ? 'Leave the missing image blank' : `Leave the ${untyped.length} missing images blank`
          }
          checked={leaveBlank}
          onChange={setLeaveBlank}
        />
      )}
      {accept.isError && <ErrorNotice error={accept.error} safe="All entries are saved." />}
      <Group justify="end">
        <Button onClick={onDone}>Continue later</Button>
        <CallButton
          variant="filled"
          disabled={mismatches.length + once.length > 0 || (untyped.length > 0 && !leaveBlank) || lacksConsent}
          call={accept}
          input={{ session, leaveBlank }}
        >
          Accept the answers
        </CallButton>
      </Group>
    </>
  );
}

function Consent({ session, state: { asksConsent, consented } }: Pick<EntryProps, 'session' | 'state'>) {
  const api = useApiOf<OfflineCalls>('offline');
  const [given, setGiven] = useState<boolean | null>(null);
  const save = useMutation(api.setConsent.mutationOptions({ onError: () => setGiven(null) }));
  if (!asksConsent) return null;
  const change = (isGiven: boolean): void => {
    setGiven(isGiven);
    save.mutate({ session, given: isGiven });
  };
  return (
    <>
      <CheckField
        label="Consent is ticked on the sheet"
        description="Answers are accepted only with consent."
        checked={given ?? consented}
        disabled={save.isPending}
        onChange={change}
      />
      {save.isError && <ErrorNotice error={save.error} />}
    </>
  );
}

/** The first twenty image numbers. */
const numbersText = (trials: readonly number[]): string =>
  trials.length === 1
    ? `image ${(trials[0] ?? 0) + 1}`
    : `images ${formatNames(
        trials.map((trial) => trial + 1),
        20,
      )}`;

interface EntryFieldProps {
  /** The entries of this pass, by trial. */
  entries: readonly (PaperWord | null)[];
  options: VolunteerView['options'];
  onEntry: (trial: number, choice: PaperWord) => void;
}

/**
 * Enters one answer per key, from the first image without an entry; answers without a key are chosen by name. The other
 * entry is not shown.
 */
function EntryField({ entries, options, onEntry }: EntryFieldProps) {
  const [trial, setTrial] = useState(() => {
    const open = entries.indexOf(null);
    return open < 0 ? entries.length : open;
  });
  const [message, setMessage] = useState('');
  /** The first of two keys. */
  const [typed, setTyped] = useState('');
  const name = (at: number): string =>
    options.find(({ choice }) => choice === entries[at])?.name ??
    (entries[at] === 'blank' ? 'left blank' : 'not entered');
  const go = (next: number): void => {
    setTyped('');
    setTrial(Math.max(0, Math.min(entries.length, next)));
  };
  const field = useRef<HTMLInputElement>(null);
  const take = (option: VolunteerView['options'][number]): void => {
    onEntry(trial, option.choice);
    setMessage(`${trial + 1}: ${option.name}`);
    go(trial + 1);
  };
  const takeEffect = (effect: KeyEffect): void => {
    const option = 'choice' in effect && options.find(({ choice }) => choice === effect.choice);
    if (option) take(option);
    else if ('typed' in effect) {
      setTyped(effect.typed);
      setMessage(`${effect.typed}: now the second key`);
    }
  };
  const takeSign = (sign: string): void => {
    const effect = signEffect(options, sign.toLowerCase(), typed);
    if (effect) takeEffect(effect);
    else setMessage(`${typed}${sign} is not one of the answers`);
  };
  const isDone = trial >= entries.length;
  const keyless = options.filter(({ key }) => key === '');
  return (
    <div>
      <TextInput
        ref={field}
        label={isDone ? 'All images are entered' : `Answer for image ${trial + 1} on the sheet`}
        data-autofocus
        autoComplete="off"
        value=""
        readOnly={isDone}
        // On-screen keyboards send no key.
        onChange={(event) => takeSign(event.currentTarget.value.slice(-1))}
        onKeyDown={(event) => {
          const effect = isDone ? undefined : keyEffect(options, event.nativeEvent, typed);
          if (effect) {
            takeEffect(effect);
            event.preventDefault();
            return;
          }
          if (event.key === 'Backspace' && typed !== '') setTyped('');
          else if (event.key === 'Backspace' || event.key === 'ArrowLeft') go(trial - 1);
          else if (event.key === 'ArrowRight') go(trial + 1);
          else if (event.key === 'Enter' && !isDone) {
            onEntry(trial, 'blank');
            setMessage(`${trial + 1}: left blank`);
            go(trial + 1);
            event.preventDefault();
            return;
          } else return;
          setMessage('');
          event.preventDefault();
        }}
      />
      <Group align="end" gap="sm">
        <form onSubmit={submitting(() => field.current?.focus())}>
          <NumberField
            label="Go to image"
            min={1}
            max={entries.length}
            value={Math.min(trial + 1, entries.length)}
            onChange={(image) => {
              go(image - 1);
              setMessage('');
            }}
          />
        </form>
        {keyless.length > 0 && (
          <Select
            label="Answer without a key"
            placeholder="Choose an answer"
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
        {message !== '' ? message : trial > 0 ? `Previous image, ${trial}: ${name(trial - 1)}` : ''}
      </p>
    </div>
  );
}

interface MismatchesProps {
  state: PaperState;
  options: VolunteerView['options'];
  /** Called with the answer on the sheet. */
  onSettle: (trial: number, choice: PaperWord) => void;
}

/** Answers that differ between the two entries, to be corrected from the sheet. */
function Mismatches({ state: { mismatches, first, second }, options, onSettle }: MismatchesProps) {
  if (mismatches.length === 0) return null;
  const words: { choice: PaperWord; name: string }[] = [...options, { choice: 'blank', name: 'Left blank' }];
  return (
    <section className="warning-note" aria-label="Different entries">
      <div>
        <p>
          {formatCount(mismatches.length, 'image')} {mismatches.length === 1 ? 'differs' : 'differ'} between the two
          entries. Check the sheet:
        </p>
        {mismatches.map((trial) => (
          <Group key={trial} gap="xs" mt={4}>
            <span>Image {trial + 1}</span>
            {words
              .filter(({ choice }) => choice === first[trial] || choice === second[trial])
              .map(({ choice, name }) => (
                <Button
                  key={choice}
                  size="compact-xs"
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
