import { Button, Menu, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { IconChevronDown } from '@tabler/icons-react';
import type { Placed, StudyPlace } from '../../../main/contract/api/clusters.ts';
import { formatCount } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { showToast } from '../../ui/parts/toasts.tsx';
import { ChoiceField } from '../../ui/fields/fields.tsx';

interface PlaceProps {
  study: string;
  onError: (error: unknown) => void;
}

const here = 'This computer';

/** No name of a cluster is empty. */
const asValue = (place: string | null): string => place ?? '';
const placeOf = (value: string): string | null => (value === '' ? null : value);
const nameOf = (place: string | null): string => place ?? 'this computer';

const usePlaces = (study: string) => {
  const api = useApi();
  return useQuery(api.clusters.ofStudy.queryOptions({ input: { study } })).data;
};

/** Whether there is anything to choose. */
const isChoice = (places: StudyPlace | undefined): places is StudyPlace =>
  places !== undefined && (places.clusters.length > 0 || places.place !== null);

function showPlaced({ moved, staying }: Placed, place: string | null): void {
  const stay =
    staying === 0
      ? ''
      : `${formatCount(staying, 'training')} running on this computer ${staying === 1 ? 'stays' : 'stay'} here.`;
  const title =
    moved === 0
      ? `New trainings run on ${nameOf(place)}`
      : `${formatCount(moved, 'training')} ${moved === 1 ? 'runs' : 'run'} on ${nameOf(place)} from now on`;
  showToast({ title, ...(stay !== '' && { message: stay }) });
}

/** Where trainings of a study go; nothing while there is no cluster. */
export function StudyPlaceSelect({ study, onError }: PlaceProps) {
  const api = useApi();
  const places = usePlaces(study);
  const move = useMutation(
    api.clusters.placeStudy.mutationOptions({
      onError,
      onSuccess: (placed, { place }) => showPlaced(placed, place),
    }),
  );
  if (!isChoice(places)) return null;
  const { place, clusters } = places;
  const missing = place !== null && clusters.every(({ name }) => name !== place) ? [place] : [];
  return (
    <Group className="on-one-line" gap="sm" wrap="nowrap">
      <span className="soft" aria-hidden="true">
        Trainings run on
      </span>
      <ChoiceField
        aria-label="Trainings run on"
        w={136}
        disabled={move.isPending}
        value={asValue(place)}
        options={[
          { value: '', label: here },
          ...clusters.map(({ name, obstacle }) => ({
            value: name,
            label: obstacle === null ? name : `${name} (other engine)`,
            disabled: obstacle !== null,
          })),
          ...missing.map((name) => ({ value: name, label: `${name} (missing)`, disabled: true })),
        ]}
        onChange={(value) => value !== asValue(place) && move.mutate({ study, place: placeOf(value) })}
      />
    </Group>
  );
}

/** A menu that sends chosen runs elsewhere; nothing while there is no cluster. */
export function RunOnMenu({ study, ids, onError }: PlaceProps & { ids: readonly number[] }) {
  const api = useApi();
  const places = usePlaces(study);
  const move = useMutation(
    api.runs.place.mutationOptions({ onError, onSuccess: (placed, { place }) => showPlaced(placed, place) }),
  );
  if (!isChoice(places)) return null;
  const to = (place: string | null) => move.mutate({ study, ids: [...ids], place });
  return (
    <Menu>
      <Menu.Target>
        <Button loading={move.isPending} rightSection={<IconChevronDown size={14} />}>
          Run on
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => to(null)}>{here}</Menu.Item>
        {places.clusters.map(({ name, obstacle }) => (
          <Menu.Item key={name} disabled={obstacle !== null} title={obstacle ?? ''} onClick={() => to(name)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
