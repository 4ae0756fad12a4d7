import { Button, Checkbox, Group, SegmentedControl, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PaperState } from '../../../../main/contract/labeling/paper.ts';
import { listed } from '../../../../main/contract/listed.ts';
import type { VolunteerView } from '../../../../main/contract/labeling/volunteer.ts';
import { useApi } from '../../../client/context.tsx';
import { HelpNote, Loading, Refused } from '../../../ui/states.tsx';
import { EntryField } from './entry-field.tsx';
import { Mismatches } from './mismatches.tsx';

/** Types a person's paper in, twice, so that typing errors show. */
export function PaperEntry({ session, onDone }: { session: number; onDone: () => void }) {
  const api = useApi();
  const state = useQuery(api.labeling.paper.state.queryOptions({ input: { session } }));
  const view = useQuery(api.labeling.paper.sheet.queryOptions({ input: { session } }));
  const error = state.error ?? view.error;
  if (error) return <Refused error={error} />;
  if (!state.data || !view.data) return <Loading label="Reading what was typed" />;
  return <Entry {...{ session, onDone }} state={state.data} options={view.data.options} />;
}

/** Keys and what they say; only the keys, where they are the answers. */
const keysText = (options: VolunteerView['options']): string =>
  options
    .filter(({ key }) => key !== '')
    .map(({ key, name }) => (key === name ? key : `${key}: ${name}`))
    .join(' · ');

interface EntryProps {
  session: number;
  state: PaperState;
  options: VolunteerView['options'];
  onDone: () => void;
}

function Entry({ session, state, options, onDone }: EntryProps) {
  const api = useApi();
  const [pass, setPass] = useState<1 | 2>(() => (state.first.includes(null) ? 1 : 2));
  const enter = useMutation(api.labeling.paper.enter.mutationOptions());
  const typed = pass === 1 ? state.first : state.second;
  const left = (entries: PaperState['first']): number => entries.filter((word) => word === null).length;
  return (
    <Stack gap="md">
      <HelpNote>
        {keysText(options)}. Enter: the sheet was left blank. Backspace goes back. Each answer is kept at once.
      </HelpNote>
      <SegmentedControl
        aria-label="Which time"
        value={String(pass)}
        onChange={(value) => setPass(value === '2' ? 2 : 1)}
        data={[
          { value: '1', label: `First time (${left(state.first)} to go)` },
          { value: '2', label: `Second time (${left(state.second)} to go)` },
        ]}
      />
      <EntryField
        key={pass}
        typed={typed}
        options={options}
        onEntry={(trial, choice) => enter.mutate({ session, entries: [{ pass, trial, choice }] })}
      />
      {enter.isError && <Refused error={enter.error} safe="All answers typed before are kept." />}
      <Mismatches
        {...{ state, options }}
        onSettle={(trial, choice) =>
          enter.mutate({ session, entries: ([1, 2] as const).map((each) => ({ pass: each, trial, choice })) })
        }
      />
      <Accept {...{ session, state, onDone }} />
    </Stack>
  );
}

function Accept({ session, state, onDone }: Omit<EntryProps, 'options'>) {
  const api = useApi();
  const [leaveBlank, setLeaveBlank] = useState(false);
  const accept = useMutation(api.labeling.paper.accept.mutationOptions({ onSuccess: onDone }));
  const { mismatches, once, untyped } = state;
  // While it is typed for the first time, all of it lacks something.
  const isBegunTwice = state.second.some((word) => word !== null);
  const lacksConsent = state.asksConsent && !state.consented;
  return (
    <>
      {isBegunTwice && once.length > 0 && <HelpNote>Typed only once: {numbersText(once)}.</HelpNote>}
      {isBegunTwice && untyped.length > 0 && <HelpNote>Not typed: {numbersText(untyped)}.</HelpNote>}
      <Consent {...{ session, state }} />
      {untyped.length > 0 && (
        <Checkbox
          label={
            untyped.length === 1
              ? 'Leave blank the image not typed'
              : `Leave blank the ${untyped.length} images not typed`
          }
          checked={leaveBlank}
          onChange={(event) => setLeaveBlank(event.currentTarget.checked)}
        />
      )}
      {accept.isError && <Refused error={accept.error} safe="Everything typed is kept." />}
      <Group justify="end">
        <Button variant="default" onClick={onDone}>
          Go on later
        </Button>
        <Button
          disabled={mismatches.length + once.length > 0 || (untyped.length > 0 && !leaveBlank) || lacksConsent}
          loading={accept.isPending}
          onClick={() => accept.mutate({ session, leaveBlank })}
        >
          Take them as answers
        </Button>
      </Group>
    </>
  );
}

/** What the sheet says: the answers are not taken without it. */
function Consent({ session, state: { asksConsent, consented } }: Pick<EntryProps, 'session' | 'state'>) {
  const api = useApi();
  const [said, setSaid] = useState<boolean | null>(null);
  const tell = useMutation(api.labeling.paper.consent.mutationOptions({ onError: () => setSaid(null) }));
  if (!asksConsent) return null;
  const say = (given: boolean): void => {
    setSaid(given);
    tell.mutate({ session, given });
  };
  return (
    <>
      <Checkbox
        label="The box of the consent is ticked on the sheet"
        description="Without it the answers are not taken."
        checked={said ?? consented}
        disabled={tell.isPending}
        onChange={(event) => say(event.currentTarget.checked)}
      />
      {tell.isError && <Refused error={tell.error} />}
    </>
  );
}

/** Numbers on the sheet, the first twenty. */
const numbersText = (trials: readonly number[]): string =>
  trials.length === 1
    ? `image ${(trials[0] ?? 0) + 1}`
    : `images ${listed(
        trials.map((trial) => trial + 1),
        20,
      )}`;
