import { Button, CloseButton, Group, Menu, Popover, Stack, TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import { IconChevronDown } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { RunAction } from '../../../../main/contract/api/runs.ts';
import { formatCount } from '../../../../main/domain/numbers/format.ts';
import { useApi } from '../../../client/context.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { RunOnMenu } from '../places.tsx';
import { DeleteRuns } from '../delete-runs.tsx';
import { useRunActions } from '../use-run-actions.ts';
import { PartsAt } from '../../../ui/places/place.tsx';

interface BulkBarProps {
  study: string;
  ids: readonly number[];
  /** Tags that the study's runs have. */
  tags: readonly string[];
  onClear: () => void;
  onError: (error: unknown) => void;
}

const buttons: readonly [RunAction, string][] = [
  ['start', 'Start'],
  ['hold', 'Pause'],
  ['release', 'Resume'],
  ['retry', 'Retry'],
  ['cancel', 'Cancel'],
];

/** Actions that would do something to the chosen runs; those of a choice before, until it is known. */
function usePossible(study: string, ids: readonly number[]): readonly RunAction[] {
  const query = useQuery(
    useApi().runs.possible.queryOptions({
      input: { study, ids: [...ids] },
      meta: { live: 'self' },
      placeholderData: keepPreviousData,
    }),
  );
  useRunChanges(ids, query.refetch);
  return query.data ?? [];
}

export function BulkBar({ study, ids, tags, onClear, onError }: BulkBarProps) {
  const { act, remove, clone, archive } = useRunActions(study, onError);
  const possible = usePossible(study, ids);
  const [deleting, setDeleting] = useState(false);
  return (
    <Group
      className="panel"
      gap="xs"
      p="6px 8px"
      style={{ background: 'var(--chosen)' }}
      role="toolbar"
      aria-label="Selected runs"
    >
      <Text size="sm" fw={600}>
        {formatCount(ids.length, 'run')} selected
      </Text>
      {buttons.map(
        ([action, name]) =>
          possible.includes(action) && (
            <Button key={action} variant={action === 'start' ? 'filled' : 'default'} onClick={() => act(ids, action)}>
              {name}
            </Button>
          ),
      )}
      <PartsAt place="models.chosen" study={study} ids={ids} />
      <RunOnMenu study={study} ids={ids} onError={onError} />
      <TagPopover ids={ids} tags={tags} onError={onError} />
      <Menu>
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={14} />}>More</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {possible.includes('first') && <Menu.Item onClick={() => act(ids, 'first')}>Run these first</Menu.Item>}
          {possible.includes('last') && <Menu.Item onClick={() => act(ids, 'last')}>Run these last</Menu.Item>}
          <Menu.Item onClick={() => clone(ids)}>Clone with the next seeds</Menu.Item>
          <Menu.Item
            onClick={() => {
              remove(ids);
              onClear();
            }}
          >
            Remove from study
          </Menu.Item>
          <Menu.Item
            onClick={() => {
              archive(ids, true);
              onClear();
            }}
          >
            Archive (hide here)
          </Menu.Item>
          <Menu.Item onClick={() => archive(ids, false)}>Take out of the archive</Menu.Item>
          <Menu.Item onClick={() => setDeleting(true)}>Delete …</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {deleting && (
        <DeleteRuns study={study} ids={ids} onError={onError} onClose={() => setDeleting(false)} onDeleted={onClear} />
      )}
      <CloseButton aria-label="Clear selection" onClick={onClear} ml="auto" />
    </Group>
  );
}

function TagPopover({ ids, tags, onError }: Pick<BulkBarProps, 'ids' | 'tags' | 'onError'>) {
  const api = useApi();
  const [words, setWords] = useState<string[]>([]);
  const [opened, setOpened] = useState(false);
  const tag = useMutation(
    api.runs.tag.mutationOptions({
      onError,
      onSuccess: () => {
        setWords([]);
        setOpened(false);
      },
    }),
  );
  const change = (what: { add?: string[]; remove?: string[] }): void =>
    tag.mutate({ ids: [...ids], add: what.add ?? [], remove: what.remove ?? [] });
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus returnFocus width={300}>
      <Popover.Target>
        <Button onClick={() => setOpened(!opened)}>Tag</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <TagsInput
            label="Tags"
            description="Press Enter after each tag"
            data={[...tags]}
            value={words}
            onChange={(next) => setWords(next.map((word) => word.trim().slice(0, 40)).filter(Boolean))}
            maxTags={20}
            comboboxProps={{ withinPortal: false }}
            acceptValueOnBlur
          />
          <Group gap="xs">
            <Button variant="filled" disabled={words.length === 0} onClick={() => change({ add: words })}>
              Add to {formatCount(ids.length, 'run')}
            </Button>
            <Button disabled={words.length === 0} onClick={() => change({ remove: words })}>
              Remove from {formatCount(ids.length, 'run')}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
