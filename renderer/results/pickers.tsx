import { formatCount } from '../../main/domain/numbers/format.ts';
import { Button, Checkbox, Popover, Select, Stack, TextInput, Group } from '@mantine/core';
import { useState } from 'react';
import type { ClaimChoice, Group as ModelGroup } from '../../main/contract/results/exhibit.ts';
import type { ResultsOverview } from '../../main/contract/api/results-tables.ts';
import { ArchitectureMark } from '../ui/words/badges.tsx';
import { choiceText } from '../../main/domain/results/claims.ts';
import { capitalize, usePeople } from '../ui/words/rehearsal.tsx';
import { labelersText } from './unit-names.ts';
import { parseClaim, parseGroup, groupText } from './address.ts';
import { groupOptions, groupTitle } from './choice.tsx';

interface GroupPickerProps {
  label: string;
  overview: ResultsOverview;
  group: ModelGroup | null;
  onGroup: (group: ModelGroup) => void;
}

/** Chooses a group of the design, or any set of networks. */
export function GroupPicker({ label, overview, group, onGroup }: GroupPickerProps) {
  const data = groupOptions(overview);
  const many = data.reduce((sum, { items }) => sum + items.length, 0) > 12;
  const value = group ? groupText(group) : null;
  const own =
    group?.kind === 'chosen' && !data.some(({ items }) => items.some((item) => item.value === value))
      ? [{ group: 'Chosen', items: [{ value: groupText(group), label: groupTitle(group, overview) }] }]
      : [];
  return (
    <Group gap="xs" align="end">
      <Select
        label={label}
        data={[...data, ...own]}
        value={value}
        allowDeselect={false}
        searchable={many}
        maxDropdownHeight={420}
        w={320}
        onChange={(text) => {
          const next = parseGroup(text);
          if (next) onGroup(next);
        }}
      />
      <ModelsPicker label={`${label}: choose networks`} overview={overview} group={group} onGroup={onGroup} />
    </Group>
  );
}

/** Networks that are listed at a time. */
const most = 200;

function ModelsPicker({ label, overview, group, onGroup }: GroupPickerProps) {
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string[]>([]);
  const [wanted, setWanted] = useState('');
  const found = overview.models.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  const opened = (): void => setChosen(group?.kind === 'chosen' ? group.models : []);
  return (
    <Popover width={320} position="bottom-end" opened={isOpen} onChange={setOpen} onOpen={opened} trapFocus>
      <Popover.Target>
        <Button aria-label={label} onClick={() => setOpen(!isOpen)}>
          Choose networks…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <TextInput
            label="Filter by name"
            placeholder="CNN-r01, 98.5, …"
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
          <Checkbox.Group label="Choose two or more networks" value={chosen} onChange={setChosen}>
            <Stack gap={4} mt="xs" mah={320} style={{ overflow: 'auto' }}>
              {found.slice(0, most).map(({ key, name, architecture }) => (
                <Checkbox
                  key={key}
                  value={key}
                  label={<ArchitectureMark kind={architecture}>{name}</ArchitectureMark>}
                />
              ))}
              {found.length > most && <span className="soft">and {found.length - most} more: type part of a name</span>}
            </Stack>
          </Checkbox.Group>
          <Button
            variant="filled"
            disabled={chosen.length < 2}
            onClick={() => {
              // Open, it would cover the results of these networks.
              setOpen(false);
              onGroup({ kind: 'chosen', models: chosen });
            }}
          >
            Use these {chosen.length} networks
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

interface LabelersPickerProps {
  label: string;
  overview: ResultsOverview;
  labelers: number[] | null;
  onLabelers: (labelers: number[] | null) => void;
}

/** Chooses the labelers whose labels count. */
export function LabelersPicker({ label, overview, labelers, onLabelers }: LabelersPickerProps) {
  const { people, counted } = overview;
  const chosen = labelers ?? people.map(({ id }) => id);
  const set = (values: string[]): void => {
    const ids = values.map(Number);
    if (ids.length > 0) onLabelers(ids.length === people.length ? null : ids.sort((a, b) => a - b));
  };
  if (counted) return <p>{capitalize(labelersText(overview, 'people'))}</p>;
  return (
    <Popover width={300} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button disabled={people.length === 0}>
          {label}:{' '}
          {people.length === 0
            ? 'none yet'
            : labelers === null
              ? `all ${people.length}`
              : `${chosen.length} of ${people.length}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Checkbox.Group label="Labelers to include" value={chosen.map(String)} onChange={set}>
            <Stack gap={4} mt="xs" mah={320} style={{ overflow: 'auto' }}>
              {people.map(({ id, pseudonym, labels, simulated }) => (
                <Checkbox
                  key={id}
                  value={String(id)}
                  label={`${pseudonym}${simulated ? ', simulated' : ''} (${formatCount(labels, 'label')})`}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          {labelers !== null && <Button onClick={() => onLabelers(null)}>Include all labelers</Button>}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

interface ClaimPickerProps {
  claim: ClaimChoice;
  /** Without networks no claim is about them. */
  hasNetworks: boolean;
  /** Nobody knows who gave which label, so that nobody can be left out. */
  isCounted: boolean;
  onClaim: (claim: ClaimChoice) => void;
}

/** Chooses for whom intervals are to hold. */
export function ClaimPicker({ claim, hasNetworks, isCounted, onClaim }: ClaimPickerProps) {
  const people = usePeople();
  const ofPeople: ClaimChoice[] = isCounted ? [] : hasNetworks ? ['people', 'all'] : ['people'];
  const offered: ClaimChoice[] = ['default', 'anchors', ...(hasNetworks ? (['networks'] as const) : []), ...ofPeople];
  return (
    <Select
      label="Intervals hold for"
      data={offered.map((value) => ({
        value,
        label: choiceText(value, people),
      }))}
      value={claim}
      allowDeselect={false}
      title={choiceText(claim, people)}
      w={400}
      onChange={(value) => onClaim(parseClaim(value))}
    />
  );
}
