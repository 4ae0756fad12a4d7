import { kindName } from '../../../../main/domain/networks/architectures.ts';
import { MultiSelect, Group } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { RunFilter, RunGroup, RunTable, RunView } from '../../../../main/contract/api/runs.ts';
import { formatInteger } from '../../../../main/domain/numbers/format.ts';
import { settingTitle } from '../../../../main/domain/settings/recipe-settings.ts';
import { runStateName } from '../../../ui/words/badges.tsx';
import { FilterInput } from '../../../ui/table/filter-input.tsx';
import { TextButton } from '../../../ui/parts/buttons.tsx';
import { ChoiceField } from '../../../ui/fields/fields.tsx';
import { listAt } from '../../../ui/places/places.ts';
import { isFiltered, noFilter } from './view.ts';
import { targetTitle } from '../../../../main/domain/numbers/targets.ts';

interface FilterBarProps {
  table: RunTable;
  view: RunView;
  onView: (view: RunView) => void;
  /** Moves the focus from the filter to the rows. */
  onDone: () => void;
  children: ReactNode;
}

const groupTitles = {
  none: 'No groups',
  architecture: 'By architecture',
  recipe: 'By recipe',
  group: 'By model group',
  tag: 'By tag',
  state: 'By state',
} as const;

const isFixed = (by: string): by is keyof typeof groupTitles => by in groupTitles;

function groupTitle(by: RunGroup): string {
  if (isFixed(by)) return groupTitles[by];
  const title = settingTitle(by.replace(/^recipe\./, ''));
  return `By ${/^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title}`;
}

/** What the study's runs can be grouped by: also each setting in which they differ. */
function groupOptions({ facets, differing }: RunTable, now: RunGroup): { value: RunGroup; label: string }[] {
  const fixed = Object.keys(groupTitles)
    .filter(isFixed)
    .filter((by) => by !== 'tag' || facets.tags.length > 0);
  const all = new Set<RunGroup>([...fixed, ...differing.map((key) => `recipe.${key}` as const), now]);
  return [...all].map((value) => ({ value, label: groupTitle(value) }));
}

const kindTitles: Partial<Record<RunFilter['kinds'][number], string>> = {
  classifier: 'Networks',
  generator: 'Generators',
  candidates: 'Candidate searches',
  stimuli: 'Stimuli',
  predictions: 'Predictions',
};
const kindTitle = (kind: RunFilter['kinds'][number]): string =>
  kindTitles[kind] ?? listAt('run.kinds').find((added) => added.kind === kind)?.title ?? kind;

/** Filters and grouping of the runs. Offers only values that the study has. */
export function FilterBar({ table, view, onView, onDone, children }: FilterBarProps) {
  const { facets } = table;
  const { filter } = view;
  const set = (change: Partial<RunFilter>): void => onView({ ...view, filter: { ...filter, ...change } });
  const option = (value: string, label: string, count: number) => ({
    value,
    label: `${label} (${formatInteger(count)})`,
  });
  return (
    <Group gap="sm">
      <TextFilter text={filter.text} onText={(text) => set({ text })} onDone={onDone} />
      <Choice
        title="State"
        data={facets.states.map(({ value, count }) => option(value, runStateName(value), count))}
        value={filter.states}
        onChange={(values) => set({ states: pick(facets.states, values) })}
      />
      <Choice
        title="Architecture"
        data={facets.architectures.map(({ value, count }) => option(value, kindName(value), count))}
        value={filter.architectures}
        onChange={(values) => set({ architectures: pick(facets.architectures, values) })}
      />
      <Choice
        title="Target"
        data={facets.targets.map(({ value, count }) => option(String(value), targetTitle(value), count))}
        value={filter.targets.map(String)}
        onChange={(values) => set({ targets: pick(facets.targets, values) })}
      />
      {facets.tags.length > 0 && (
        <Choice
          title="Tag"
          data={facets.tags.map(({ value, count }) => option(value, value, count))}
          value={filter.tags}
          onChange={(values) => set({ tags: pick(facets.tags, values) })}
        />
      )}
      {facets.kinds.length > 1 && (
        <Choice
          title="Kind"
          data={facets.kinds.map(({ value, count }) => option(value, kindTitle(value), count))}
          value={filter.kinds}
          onChange={(values) => set({ kinds: pick(facets.kinds, values) })}
        />
      )}
      <ChoiceField
        aria-label="Group"
        w={148}
        comboboxProps={{ width: 240 }}
        options={groupOptions(table, view.group)}
        value={view.group}
        onChange={(group) => onView({ ...view, group })}
      />
      {isFiltered(filter) && (
        <TextButton onClick={() => onView({ ...view, filter: noFilter })}>Clear filters</TextButton>
      )}
      <Group ml="auto" gap="sm" wrap="nowrap">
        <span className="soft on-one-line" role="status">
          {table.ids.length === table.total
            ? `${formatInteger(table.total)} ${table.total === 1 ? 'run' : 'runs'}`
            : `${formatInteger(table.ids.length)} of ${formatInteger(table.total)} runs`}
        </span>
        {table.archived > 0 && (
          <TextButton
            title="Archived runs are hidden from this table only: results and reports still use them"
            aria-pressed={filter.archived}
            onClick={() => set({ archived: !filter.archived })}
          >
            {filter.archived ? 'Hide' : 'Show'} {formatInteger(table.archived)} archived
          </TextButton>
        )}
        {children}
      </Group>
    </Group>
  );
}

/** The facet's values for the chosen texts. */
const pick = <Value extends string | number>(facet: readonly { value: Value }[], texts: readonly string[]): Value[] =>
  facet.flatMap(({ value }) => (texts.includes(String(value)) ? [value] : []));

interface ChoiceProps {
  title: string;
  data: { value: string; label: string }[];
  value: string[];
  onChange: (values: string[]) => void;
}

function Choice({ title, data, value, onChange }: ChoiceProps) {
  return (
    <MultiSelect
      aria-label={title}
      placeholder={value.length === 0 ? title : ''}
      className="run-choice"
      data={data}
      value={value}
      onChange={onChange}
      clearable
      comboboxProps={{ width: 240, position: 'bottom-start' }}
    />
  );
}

/** Milliseconds of no typing before the filter applies. */
const typingPause = 150;

function TextFilter({ text, onText, onDone }: { text: string; onText: (text: string) => void; onDone: () => void }) {
  const [typed, setTyped] = useState(text);
  const applied = useRef(text);
  const applyText = useDebouncedCallback((next: string) => {
    applied.current = next;
    onText(next);
  }, typingPause);
  // Whoever typed on while the table was filtered keeps what they typed.
  useEffect(() => {
    if (text === applied.current) return;
    applied.current = text;
    setTyped(text);
  }, [text]);
  const change = (next: string): void => {
    setTyped(next);
    applyText(next);
  };
  return <FilterInput label="Filter runs" value={typed} onChange={change} onDone={onDone} w={132} />;
}
