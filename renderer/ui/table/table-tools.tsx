import { ActionIcon, CloseButton, Menu, Select, Text, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconColumns3, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import type { ExportTable } from '../export/csv.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { formatInteger } from '../../../main/domain/format.ts';
import type { DataColumn, TableView } from './view.ts';

export interface TableToolsProps<Row> {
  label: string;
  columns: readonly DataColumn<Row>[];
  view: TableView;
  onView: (view: TableView) => void;
  shown: number;
  total: number;
  table: () => ExportTable;
  children: ReactNode;
  /** Leaves the filter box for the rows. */
  onDone: () => void;
}

/** Above the rows: filter, grouping, columns, and what the screen adds. */
export function TableTools<Row>({
  label,
  columns,
  view,
  onView,
  shown,
  total,
  table,
  children,
  onDone,
}: TableToolsProps<Row>) {
  const filter = useRef<HTMLInputElement>(null);
  useHotkeys([['/', () => filter.current?.focus()]]);
  const groupable = columns.filter((column) => column.groupable);
  const leave = (event: React.KeyboardEvent): void => {
    if (event.key !== 'Escape' && event.key !== 'Enter') return;
    event.preventDefault();
    if (event.key === 'Escape') onView({ ...view, filter: '' });
    onDone();
  };
  return (
    <div className="data-table-tools">
      <TextInput
        ref={filter}
        aria-label={`Filter: ${label}`}
        placeholder="Filter ( / )"
        leftSection={<IconSearch size={14} stroke={1.5} />}
        rightSection={
          view.filter !== '' && (
            <CloseButton size="xs" aria-label="Clear the filter" onClick={() => onView({ ...view, filter: '' })} />
          )
        }
        value={view.filter}
        onChange={(event) => onView({ ...view, filter: event.currentTarget.value.slice(0, 200) })}
        onKeyDown={leave}
        w={220}
      />
      {groupable.length > 0 && (
        <Select
          aria-label="Group by"
          placeholder="Group by"
          clearable
          w={150}
          data={groupable.map(({ id, title }) => ({ value: id, label: title }))}
          value={view.groupBy}
          onChange={(groupBy) => onView({ ...view, groupBy })}
        />
      )}
      {children}
      <Text size="xs" className="soft" ml="auto" role="status">
        {shown === total ? `${formatInteger(total)}` : `${formatInteger(shown)} of ${formatInteger(total)}`}{' '}
        {total === 1 ? 'row' : 'rows'}
      </Text>
      <ColumnMenu {...{ columns, view, onView }} />
      <ExportMenu title={label} table={table} />
    </div>
  );
}

function ColumnMenu<Row>({ columns, view, onView }: Pick<TableToolsProps<Row>, 'columns' | 'view' | 'onView'>) {
  const toggle = (id: string): void => {
    const hidden = view.hidden.includes(id) ? view.hidden.filter((other) => other !== id) : [...view.hidden, id];
    if (hidden.length < columns.length) onView({ ...view, hidden });
  };
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <ActionIcon size="sm" aria-label="Choose columns" title="Choose columns">
          <IconColumns3 size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map(({ id, title }) => (
          <Menu.CheckboxItem key={id} checked={!view.hidden.includes(id)} onChange={() => toggle(id)}>
            {title}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
