import { ActionIcon, Menu, Select, Text, Group } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { IconColumns3 } from '@tabler/icons-react';
import { formatInteger } from '../../../main/domain/numbers/format.ts';
import type { ExportTable } from '../export/csv.ts';
import { PartsAt } from '../places/place.tsx';
import { FilterInput } from './filter-input.tsx';
import type { DataColumn, TableView } from './view.ts';

interface TableToolsProps<Row> {
  label: string;
  columns: readonly DataColumn<Row>[];
  view: TableView;
  onView: (view: TableView) => void;
  shown: number;
  total: number;
  table: () => ExportTable;
  children: ReactNode;
  /** Moves the focus from the filter to the rows. */
  onDone: () => void;
}

/** Above the rows: filter, grouping, columns, export, and the screen's own tools. */
export function TableTools<Row>(props: TableToolsProps<Row>) {
  const { label, columns, view, onView, shown, total, table, children, onDone } = props;
  const groupable = columns.filter((column) => column.groupable);
  const toggleColumn = (id: string): void => {
    const hidden = view.hidden.includes(id) ? view.hidden.filter((other) => other !== id) : [...view.hidden, id];
    if (hidden.length < columns.length) onView({ ...view, hidden });
  };
  return (
    <Group gap="sm">
      <FilterInput
        label={`Filter: ${label}`}
        value={view.filter}
        onChange={(filter) => onView({ ...view, filter })}
        onDone={onDone}
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
      <ColumnMenu columns={columns} isShown={(id) => !view.hidden.includes(id)} onToggle={toggleColumn} />
      <PartsAt place="export.menu" title={label} table={table} />
    </Group>
  );
}

interface ColumnMenuProps {
  columns: readonly { id: string; title: string }[];
  isShown: (id: string) => boolean;
  onToggle: (id: string) => void;
  /** Columns below titles of their own. */
  more?: readonly { title: string; columns: readonly { id: string; title: string }[] }[];
}

export function ColumnMenu({ columns, isShown, onToggle, more = [] }: ColumnMenuProps) {
  const item = ({ id, title }: { id: string; title: string }) => (
    <Menu.CheckboxItem key={id} checked={isShown(id)} onChange={() => onToggle(id)}>
      {title}
    </Menu.CheckboxItem>
  );
  return (
    <Menu position="bottom-end" closeOnItemClick={false} keepMounted={false}>
      <Menu.Target>
        <ActionIcon size="sm" aria-label="Choose columns" title="Choose columns">
          <IconColumns3 size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah="min(70vh, 560px)" style={{ overflowY: 'auto' }}>
        {columns.map(item)}
        {more.map(({ title, columns: below }) => (
          <Fragment key={title}>
            {below.length > 0 && <Menu.Label>{title}</Menu.Label>}
            {below.map(item)}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
