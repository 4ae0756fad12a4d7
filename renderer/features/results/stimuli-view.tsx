import { Group, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Group as ModelGroup } from '../../../main/contract/exhibit.ts';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { useApi } from '../../client/context.tsx';
import { TypeBadge } from '../../ui/badges.tsx';
import { formatCount } from '../../../main/domain/format.ts';
import { usePeople } from '../../ui/rehearsal.tsx';
import { ErrorNotice } from '../../ui/states.tsx';
import { Answered } from './answered.tsx';
import { groupOf, groupText, useParameters } from './address.ts';
import { GroupSwitch } from './group-switch.tsx';
import { groupTitle, useChoice, usualOther, useView } from './choice.tsx';
import { GroupPicker } from './pickers.tsx';
import { LabelsLegend, labelsTitle } from './labels-view.tsx';
import type { MapMode } from './map-cells.ts';
import { StimulusMap } from './stimulus-map.tsx';
import { typeMeaning } from './type-names.ts';
import { labelersText, networksText } from './units.ts';

const modes = [
  { value: 'labels', label: 'Labels' },
  { value: 'types', label: 'Types' },
  { value: 'difference', label: 'Difference of two groups' },
] as const;

/** Figures 3 and 4: all images with the labels that people gave, or their types under any group. */
export function StimuliView() {
  const api = useApi();
  const input = useView();
  const { overview } = useChoice();
  const [parameters, change] = useParameters();
  const mode = modes.find(({ value }) => value === parameters.get('map'))?.value ?? 'types';
  const other = groupOf(parameters.get('other')) ?? usualOther(overview, input.group);
  const people = usePeople();
  const title = titleOf(mode, people);
  const own = useQuery(api.results.images.queryOptions({ input, placeholderData: keepPreviousData }));
  const second = useQuery(
    api.results.images.queryOptions({
      input: { ...input, group: other },
      enabled: mode === 'difference',
      placeholderData: keepPreviousData,
    }),
  );
  // The answer for the group before would stand under the name of this one.
  const compared = mode === 'difference' && !second.isPlaceholderData ? second.data : undefined;
  const firstTitle = groupTitle(input.group, overview);
  const groupsText = mode === 'difference' ? `${firstTitle} over ${groupTitle(other, overview)}` : firstTitle;
  return (
    <section className="results-section" aria-labelledby="stimuli-map">
      <Group gap="md" className="map-head">
        <h2 id="stimuli-map">{title}</h2>
        <SegmentedControl
          aria-label="What the images show"
          data={modes.map(({ value, label }) => ({ value, label }))}
          value={mode}
          onChange={(value) => change({ map: value }, true)}
        />
        {mode === 'difference' && (
          <GroupPicker
            label="Second group"
            overview={overview}
            group={other}
            onGroup={(next: ModelGroup) => change({ other: groupText(next) }, true)}
          />
        )}
      </Group>
      {mode !== 'labels' && <GroupSwitch />}
      {mode === 'difference' && second.isError && (
        <ErrorNotice error={second.error} onRetry={() => void second.refetch()} />
      )}
      <Legend
        mode={mode}
        difference={
          second.isError
            ? 'There is nothing to compare with'
            : differenceText(own.data && compared ? changes(own.data.rows, compared.rows) : null)
        }
      />
      <Answered query={own}>
        {(data) => (
          <StimulusMap
            mode={mode}
            rows={data.rows}
            others={compared?.rows ?? null}
            title={[title, ...(mode === 'labels' ? [] : [groupsText])].join(', ')}
            n={countsOf(mode, data, compared, people)}
          />
        )}
      </Answered>
    </section>
  );
}

interface Counted {
  rows: readonly ImageRow[];
  models: number;
  labelers: number;
}

/** How many images, labelers and networks the map is of. */
const countsOf = (mode: MapMode, own: Counted, second: Counted | undefined, people: string): string =>
  [
    ...[formatCount(own.rows.length, 'image'), labelersText(own.labelers, people)],
    ...(mode === 'labels' ? [] : [networksText(own.models) + (second ? ` and ${networksText(second.models)}` : '')]),
  ].join(', ');

function differenceText(changes: Changes | null): string {
  if (!changes) return 'Comparing …';
  const { changed, once } = changes;
  const unpaired = once > 0 ? `; ${once} with a type under one group only (?), not counted` : '';
  return `${changed} images differ: first over second${unpaired}`;
}

const titleOf = (mode: MapMode, people: string): string =>
  ({
    labels: labelsTitle(people),
    types: 'Figure 4: who disagrees',
    difference: 'Images whose type differs',
  })[mode];

interface Changes {
  /** Images with another type under each group. */
  changed: number;
  /** Images with a type under one group only: a group of one network gives none. */
  once: number;
}

function changes(rows: readonly ImageRow[], others: readonly ImageRow[]): Changes {
  const pairs = rows.map(({ type }, at) => [type, others[at]?.type ?? null] as const);
  return {
    changed: pairs.filter(([a, b]) => a !== null && b !== null && a !== b).length,
    once: pairs.filter(([a, b]) => (a === null) !== (b === null)).length,
  };
}

function Legend({ mode, difference }: { mode: MapMode; difference: string }) {
  const people = usePeople();
  if (mode === 'labels') return <LabelsLegend />;
  return (
    <ul className="map-legend">
      <li>
        <TypeBadge type="type_a" /> {typeMeaning('type_a', people)}
      </li>
      <li>
        <TypeBadge type="type_c" /> {typeMeaning('type_c', people)}
      </li>
      <li>
        <TypeBadge type="both_disagree" /> {typeMeaning('both_disagree', people)}
      </li>
      <li>
        <TypeBadge type="both_agree" /> {typeMeaning('both_agree', people)}
      </li>
      <li>{mode === 'types' ? 'Number and shade: classes named; !: exception; ?: no type' : difference}</li>
    </ul>
  );
}
