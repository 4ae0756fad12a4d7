import { QueryState, HelpNote } from '../../ui/parts/states.tsx';
import { Group, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Group as ModelGroup } from '../../../main/contract/results/exhibit.ts';
import type { ImageRow, ResultsOverview } from '../../../main/contract/api/results-tables.ts';
import { useApi } from '../../client/context.tsx';
import { ArchitectureMark, TypeBadge, imageTypeName } from '../../ui/words/badges.tsx';
import { formatCount, shortNames } from '../../../main/domain/numbers/format.ts';
import { capitalize, usePeople } from '../../ui/words/rehearsal.tsx';
import { QueryResult } from '../../results/notes.tsx';
import { parseGroup, groupText, useParameters } from '../../results/address.ts';
import {
  type DesignedGroup,
  groupTitle,
  designedGroups,
  useChoice,
  useView,
  defaultOther,
} from '../../results/choice.tsx';
import { GroupPicker } from '../../results/pickers.tsx';
import {
  differenceCell,
  imageName,
  labelsCell,
  labelsFoot,
  MapGrid,
  type MapMode,
  placeColumns,
  typeCell,
  placeCells,
} from './map-grid.tsx';
import { typeMeaning, typeSigns } from '../../../main/domain/stimuli/image-types.ts';
import { type Labelers, labelersText, networksText } from '../../results/unit-names.ts';
import type { LegendEntry } from '../../charts/chart-frame.tsx';
import { formatVotes } from '../../ui/words/votes.ts';
import { ScrollBox } from '../../ui/tables/plain-table.tsx';
import type { LabelRow } from '../../../main/contract/api/results.ts';
import { targetTitle, compareTargets } from '../../../main/domain/numbers/targets.ts';
import type { Target } from '../../../main/contract/recipes/recipes.ts';

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
  const other = parseGroup(parameters.get('other')) ?? defaultOther(overview, input.group);
  const people = usePeople();
  const title = mapTitle(mode, people);
  const own = useQuery(api.results.images.queryOptions({ input, placeholderData: keepPreviousData }));
  const second = useQuery(
    api.results.images.queryOptions({
      input: { ...input, group: other },
      enabled: mode === 'difference',
      placeholderData: keepPreviousData,
    }),
  );
  // A placeholder would show the previous group under the name of this one.
  const compared = mode === 'difference' && !second.isPlaceholderData ? second.data : undefined;
  const firstTitle = groupTitle(input.group, overview);
  const groupsText = mode === 'difference' ? `${firstTitle} over ${groupTitle(other, overview)}` : firstTitle;
  return (
    <section className="results-section" aria-labelledby="stimuli-map">
      <Group gap="md" className="map-head" mb="sm">
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
      {mode === 'difference' && <QueryState query={second} />}
      <Legend
        mode={mode}
        difference={
          second.isError
            ? 'The second group could not be read'
            : differenceText(own.data && compared ? changes(own.data.rows, compared.rows) : null)
        }
      />
      <QueryResult query={own}>
        {(data) => (
          <StimulusMap
            mode={mode}
            rows={data.rows}
            others={compared?.rows ?? null}
            title={[title, ...(mode === 'labels' ? [] : [groupsText])].join(', ')}
            shownTitle={mode === 'labels' ? '' : groupsText}
            n={countsText(mode, data, compared, people)}
          />
        )}
      </QueryResult>
    </section>
  );
}

interface Counted extends Labelers {
  rows: readonly ImageRow[];
  models: number;
}

/** `165 images, 10 labelers, 9 networks`. */
const countsText = (mode: MapMode, own: Counted, second: Counted | undefined, people: string): string =>
  [
    ...[formatCount(own.rows.length, 'image'), labelersText(own, people)],
    ...(mode === 'labels' ? [] : [networksText(own.models) + (second ? ` and ${networksText(second.models)}` : '')]),
  ].join(', ');

function differenceText(changes: Changes | null): string {
  if (!changes) return 'Comparing …';
  const { changed, once } = changes;
  const unpaired = once > 0 ? `; ${once} more have a type in one group only (?)` : '';
  return `${formatCount(changed, 'image')} differ; first group above, second below${unpaired}`;
}

const mapTitle = (mode: MapMode, people: string): string =>
  ({
    labels: labelsTitle(people),
    types: 'Figure 4: who disagrees',
    difference: 'Images whose type differs',
  })[mode];

interface Changes {
  /** Images whose type differs. */
  changed: number;
  /** Images with a type in one group only: in a group of one network, no image has a type. */
  once: number;
}

function changes(rows: readonly ImageRow[], others: readonly ImageRow[]): Changes {
  const pairs = rows.map(({ type }, at) => [type, others[at]?.type ?? null] as const);
  return {
    changed: pairs.filter(([a, b]) => a !== null && b !== null && a !== b).length,
    once: pairs.filter(([a, b]) => (a === null) !== (b === null)).length,
  };
}

const legendTypes = ['type_a', 'type_c', 'both_disagree', 'both_agree'] as const;

function Legend({ mode, difference }: { mode: MapMode; difference: string }) {
  const people = usePeople();
  if (mode === 'labels') return <LabelsLegend />;
  return (
    <Group component="ul" p={0} m="0 0 8px" c="dimmed" gap="6px 18px" style={{ listStyle: 'none' }}>
      {legendTypes.map((type) => (
        <li key={type}>
          <TypeBadge type={type} /> {typeMeaning(type, people)}
        </li>
      ))}
      <li>{mode === 'types' ? 'Number and shade: classes named; !: exception; ?: no type' : difference}</li>
    </Group>
  );
}

interface StimulusMapProps {
  mode: MapMode;
  rows: readonly ImageRow[];
  /** These images in a second group; null: not requested, or loading. */
  others: readonly ImageRow[] | null;
  title: string;
  shownTitle: string;
  /** Number of images and raters, in words. */
  n: string;
}

/** All images, with labels or types drawn on them. */
function StimulusMap({ mode, rows, others, title, shownTitle, n }: StimulusMapProps) {
  const { overview } = useChoice();
  const { classes } = overview;
  const short = useMemo(() => shortNames(classes, 3), [classes]);
  const people = usePeople();
  const second = useMemo(() => new Map(others?.map((row) => [row.id, row])), [others]);
  return (
    <MapGrid
      rows={rows}
      title={title}
      shownTitle={shownTitle}
      n={n}
      legend={mode === 'labels' ? labelsLegend(people) : savedLegend(people)}
      isWaiting={mode === 'difference' && others === null}
      foot={mode === 'labels' ? labelsFoot : 0}
      draw={(context, box, row, color) => {
        if (mode === 'labels') labelsCell(context, box, row, short, color);
        else if (mode === 'types') typeCell(context, box, row, color);
        else differenceCell(context, box, row, second.get(row.id), color);
      }}
      spoken={(row) => spoken(row, mode === 'difference' ? second.get(row.id) : undefined, classes, people)}
      table={(ordered) => exportTable(ordered, mode === 'difference' ? second : null, classes, people)}
    />
  );
}

/** Legend of types in saved pictures. */
const savedLegend = (people: string): LegendEntry[] =>
  legendTypes.map((type) => ({
    name: `${typeSigns[type]}: ${typeMeaning(type, people)}`,
    color: legendColors[type],
  }));

const legendColors = {
  type_a: 'var(--networks-3)',
  type_c: 'var(--people-3)',
  both_disagree: 'var(--disagree-outline)',
  both_agree: 'var(--agree)',
};

/** @param other the same image under a second group */
function spoken(row: ImageRow, other: ImageRow | undefined, classes: readonly string[], people: string): string {
  const imageType = ({ type, exception }: ImageRow): string =>
    type ? imageTypeName(type, people, exception) : 'no type';
  return [
    imageName(row, classes),
    ...(other ? [`first group: ${imageType(row)}`, `second group: ${imageType(other)}`] : [imageType(row)]),
    `${people}: ${formatVotes(row.people, classes)}`,
    ...(other
      ? [
          `networks of the first: ${formatVotes(row.votes, classes)}, of the second: ${formatVotes(other.votes, classes)}`,
        ]
      : [`networks: ${formatVotes(row.votes, classes)}`]),
  ].join('; ');
}

function exportTable(
  rows: readonly ImageRow[],
  second: ReadonlyMap<number, ImageRow> | null,
  classes: readonly string[],
  people: string,
) {
  const places = placeColumns(rows);
  return {
    columns: [
      ...['Image', ...places, 'Type', 'Classes named', 'Exception'],
      ...[capitalize(people), 'Networks', ...(second ? ['Type, second group'] : [])],
    ],
    rows: rows.map((row) => [
      ...[row.id, ...placeCells(places, row, classes), row.type, row.shade],
      ...[row.exception ? 'yes' : '', formatVotes(row.people, classes), formatVotes(row.votes, classes)],
      ...(second ? [second.get(row.id)?.type ?? null] : []),
    ]),
  };
}

/** A radio button for every group of the design, for quick switching. */
function GroupSwitch() {
  const { overview, group } = useChoice();
  const [, change] = useParameters();
  const all = designedGroups(overview);
  if (all.length < 2) return null;
  const targets = [...new Set(all.flatMap((each) => targetOf(each.group) ?? []))].sort(compareTargets);
  const outside = all.find((each) => each.group.kind === 'outside');
  const architectures = [...new Set(overview.seeds.map(({ architecture }) => architecture))];
  const rows = [...(overview.diverse.length > 0 ? [null] : []), ...architectures];
  const chosen = group === null ? '' : groupText(group);
  return (
    <fieldset className="group-switch">
      <legend className="sr">Switch the group</legend>
      <ScrollBox label="Groups of networks">
        <table>
          <thead>
            <tr>
              <td />
              {targets.map((target) => (
                <th key={target} scope="col">
                  {targetTitle(target)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((architecture) => (
              <tr key={architecture ?? ''}>
                <th scope="row">
                  {architecture === null ? (
                    'All recipes'
                  ) : (
                    <ArchitectureMark kind={architecture}>{architecture} seeds</ArchitectureMark>
                  )}
                </th>
                {targets.map((target) => (
                  <td key={target}>
                    {all
                      .filter(({ group: each }) => targetOf(each) === target && seedArchitecture(each) === architecture)
                      .map((each) => (
                        <Choice
                          key={groupText(each.group)}
                          each={each}
                          overview={overview}
                          checked={groupText(each.group) === chosen}
                          onChoose={(next) => change({ group: groupText(next) }, true)}
                        />
                      ))}
                  </td>
                ))}
              </tr>
            ))}
            {outside && (
              <tr>
                <th scope="row">{groupTitle(outside.group, overview)}</th>
                <td colSpan={Math.max(1, targets.length)}>
                  <Choice
                    each={outside}
                    overview={overview}
                    checked={groupText(outside.group) === chosen}
                    onChoose={(next) => change({ group: groupText(next) }, true)}
                  />
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </ScrollBox>
      {all.some(isIncomplete) && <HelpNote>Dashed: some networks of the group have no predictions yet.</HelpNote>}
    </fieldset>
  );
}

const targetOf = (group: DesignedGroup): Target | null => (group.kind === 'outside' ? null : group.target);

const seedArchitecture = (group: DesignedGroup): string | null => (group.kind === 'seeds' ? group.architecture : null);

type Each = ReturnType<typeof designedGroups>[number];

const isIncomplete = ({ models, planned }: Each): boolean => models < planned;

interface ChoiceProps {
  each: Each;
  overview: ResultsOverview;
  checked: boolean;
  onChoose: (group: ModelGroup) => void;
}

function Choice({ each, overview, checked, onChoose }: ChoiceProps) {
  const { group, models, planned } = each;
  const size = models < planned ? `${models} of ${planned} networks` : `${models} networks`;
  const name = `${groupTitle(group, overview)}, ${size}`;
  return (
    <label title={name} data-incomplete={isIncomplete(each) || undefined}>
      <input
        type="radio"
        name="group-switch"
        className="sr"
        aria-label={name}
        checked={checked}
        onChange={() => onChoose(group)}
      />
      <span aria-hidden="true">
        {group.kind === 'seeds' ? group.repeat : models < planned ? `${models} of ${planned}` : `all ${models}`}
      </span>
    </label>
  );
}

/** Figure 3 in a study without networks: all images with their labels. */
export function LabelsView() {
  const api = useApi();
  const { study, labelers } = useChoice();
  const labels = useQuery(
    api.results.labels.queryOptions({ input: { study, labelers }, placeholderData: keepPreviousData }),
  );
  const title = labelsTitle(usePeople());
  return (
    <section className="results-section" aria-labelledby="stimuli-map">
      <h2 id="stimuli-map">{title}</h2>
      <LabelsLegend />
      <QueryResult query={labels}>{({ rows, ...of }) => <LabelsMap rows={rows} title={title} of={of} />}</QueryResult>
    </section>
  );
}

/** Title of Figure 3. `people`: who labeled. */
const labelsTitle = (people: string): string => `Figure 3: labels that ${people} gave`;

/** Legend of Figure 3 in saved pictures. `people`: who labeled. */
const labelsLegend = (people: string): LegendEntry[] => [
  { name: `Classes that ${people} named, most frequent first`, color: 'var(--people-1)' },
  { name: `Bold: ${people} disagree`, color: 'var(--people-4)' },
];

/** How to read the labels under each image. */
export function LabelsLegend() {
  return (
    <Group
      component="p"
      className="help-note"
      p={0}
      m="0 0 8px"
      c="dimmed"
      gap="6px 18px"
      style={{ listStyle: 'none' }}
    >
      Below each image: the classes that {usePeople()} named, most frequent first; bold where they disagree. Press Enter
      to open an image.
    </Group>
  );
}

function LabelsMap({ rows, title, of }: { rows: readonly LabelRow[]; title: string; of: Labelers }) {
  const { classes } = useChoice().overview;
  const short = useMemo(() => shortNames(classes, 3), [classes]);
  const people = usePeople();
  return (
    <MapGrid
      rows={rows}
      title={title}
      shownTitle=""
      n={`${formatCount(rows.length, 'image')}, ${labelersText(of, people)}`}
      legend={labelsLegend(people)}
      foot={labelsFoot}
      draw={(context, box, row, color) => labelsCell(context, box, row, short, color)}
      spoken={(row) => `${imageName(row, classes)}; ${people}: ${formatVotes(row.people, classes)}`}
      table={(ordered) => {
        const places = placeColumns(rows);
        return {
          columns: ['Image', ...places, capitalize(people)],
          rows: ordered.map((row) => [
            ...[row.id, ...placeCells(places, row, classes)],
            formatVotes(row.people, classes),
          ]),
        };
      }}
    />
  );
}
