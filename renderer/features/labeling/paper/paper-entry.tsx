import { Button, Checkbox, Group, SegmentedControl, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PaperState } from '../../../../main/contract/labeling/paper.ts';
import type { VolunteerView } from '../../../../main/contract/labeling/volunteer.ts';
import { useApi } from '../../../client/context.tsx';
import { counted } from '../../../ui/numbers.ts';
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
  const left = (entries: readonly (number | null)[]): number => entries.filter((choice) => choice === null).length;
  return (
    <Stack gap="md">
      <HelpNote>
        {options.map(({ key, name }) => `${key} ${name}`).join(' · ')}. Enter leaves an image blank, Backspace goes
        back. Each answer is kept at once.
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
  const { mismatches, missing } = state;
  return (
    <>
      {missing > 0 && (
        <Checkbox
          label={`Leave ${counted(missing, 'image')} without an answer blank`}
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
          disabled={mismatches.length > 0 || (missing > 0 && !leaveBlank)}
          loading={accept.isPending}
          onClick={() => accept.mutate({ session, leaveBlank })}
        >
          Take them as answers
        </Button>
      </Group>
    </>
  );
}
