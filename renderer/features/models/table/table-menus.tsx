import { ActionIcon, Button, Group, Popover, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { IconDownload, IconEye, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RunRow, RunTable, RunView } from '../../../../main/contract/api/runs.ts';
import { settingTitle } from '../../../../main/domain/settings/recipe-settings.ts';
import { useApi, useClient } from '../../../client/context.tsx';
import { fileName, saveFile } from '../../../client/files.ts';
import { toCsv } from '../../../ui/export/csv.ts';
import { ColumnMenu } from '../../../ui/table/table-tools.tsx';
import { submitting, TextField } from '../../../ui/fields/fields.tsx';
import { clusterColumns, hiding, runColumns, shownColumns } from './columns.tsx';

interface ViewProps {
  view: RunView;
  onView: (view: RunView) => void;
}

/** Saved views, shared by all studies, and a field to save the current one. */
export function ViewsMenu({
  study,
  view,
  onView,
  onError,
}: ViewProps & { study: string; onError: (error: unknown) => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const views = useQuery(api.runs.views.queryOptions({ input: { study }, meta: { live: 'self' } }));
  const refresh = { onSuccess: () => queries.invalidateQueries({ queryKey: api.runs.views.key() }) };
  const save = useMutation(api.runs.saveView.mutationOptions({ ...refresh, onError }));
  const remove = useMutation(api.runs.removeView.mutationOptions({ ...refresh, onError }));
  const [name, setName] = useState('');
  const saved = views.data?.saved ?? [];
  const submit = (): void => {
    if (name.trim() === '') return;
    save.mutate({ ...view, name: name.trim() });
    setName('');
  };
  return (
    <Popover position="bottom-end" trapFocus width={280} returnFocus>
      <Popover.Target>
        <ActionIcon size="sm" aria-label="Saved views" title="Saved views">
          <IconEye size={16} stroke={1.5} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {saved.length === 0 && (
            <Text size="xs">No saved views yet. A view stores the filter, order, groups and columns.</Text>
          )}
          {saved.map((each) => (
            <Group key={each.name} gap="xs" wrap="nowrap">
              <Button variant="subtle" justify="start" fullWidth onClick={() => onView(each)}>
                {each.name}
              </Button>
              <ActionIcon
                size="sm"
                aria-label={`Remove the view ${each.name}`}
                onClick={() => remove.mutate({ name: each.name })}
              >
                <IconTrash size={14} stroke={1.5} />
              </ActionIcon>
            </Group>
          ))}
          <form onSubmit={submitting(submit)}>
            <Group gap="xs" wrap="nowrap" align="end">
              <TextField label="Save this view as" maxLength={60} value={name} onChange={setName} flex="1" />
              <Button variant="filled" type="submit" disabled={name.trim() === ''}>
                Save
              </Button>
            </Group>
          </form>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

export function ColumnsMenu({
  view,
  onView,
  table,
}: ViewProps & { table: Pick<RunTable, 'differing' | 'onClusters'> }) {
  const { columns } = view;
  const isFixed = (id: string): boolean => runColumns.some((column) => column.id === id);
  const toggle = (id: string): void => {
    const entry = isFixed(id) ? id : hiding(id);
    const next = columns.includes(entry) ? columns.filter((other) => other !== entry) : [...columns, entry];
    if (next.some(isFixed)) onView({ ...view, columns: next });
  };
  return (
    <ColumnMenu
      columns={runColumns}
      isShown={(id) => (isFixed(id) ? columns.includes(id) : !columns.includes(hiding(id)))}
      onToggle={toggle}
      more={[
        { title: 'Clusters', columns: table.onClusters ? clusterColumns : [] },
        {
          title: 'Hyperparameters that differ',
          columns: table.differing.map((id) => ({ id, title: settingTitle(id) })),
        },
      ]}
    />
  );
}

/** Most rows in one call. */
const chunk = 200;

interface SaveTableProps {
  study: string;
  table: RunTable;
  view: RunView;
  onError: (error: unknown) => void;
}

/** Saves every run of the table, not only the visible ones. */
export function SaveTable({ study, table: { ids, ...shown }, view, onError }: SaveTableProps) {
  const client = useClient();
  const save = useMutation({
    mutationFn: async () => {
      const columns = shownColumns(view.columns, shown);
      const rows: RunRow[] = [];
      for (let first = 0; first < ids.length; first += chunk) {
        rows.push(...(await client.runs.rows({ study, ids: ids.slice(first, first + chunk) })));
      }
      const table = {
        columns: ['Run', ...columns.map(({ title }) => title)],
        rows: rows.map((row) => [row.id, ...columns.map(({ value }) => value(row))]),
      };
      saveFile(`${fileName(`models of ${study}`)}.csv`, toCsv(table), 'text/csv;charset=utf-8');
    },
    onError,
  });
  return (
    <ActionIcon
      size="sm"
      aria-label="Save the table as CSV"
      title="Save as CSV"
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      <IconDownload size={16} stroke={1.5} />
    </ActionIcon>
  );
}
