import { kindName } from '../../../../main/domain/networks/architectures.ts';
import { Progress, Group } from '@mantine/core';
import type { RunRow, RunTable, SortKey } from '../../../../main/contract/api/runs.ts';
import {
  formatDuration,
  formatFixed,
  formatInteger,
  formatPercent,
  formatRemaining,
} from '../../../../main/domain/numbers/format.ts';
import { settingAt, settingTitle } from '../../../../main/domain/settings/recipe-settings.ts';
import { helpOf } from '../../../../main/domain/settings/settings.ts';
import { isRunOver } from '../../../../main/domain/networks/status.ts';
import { trendText } from '../../../../main/domain/numbers/trend.ts';
import { termHints } from '../../../ui/words/terms.tsx';
import { ArchitectureMark, RunState, runStateName } from '../../../ui/words/badges.tsx';
import type { GridColumn } from '../../../ui/table/virtual-grid.tsx';
import { TargetMarks } from '../../../recipes/target-marks.tsx';
import { Ago, Until } from '../../../ui/words/values.tsx';
import { targetInTable } from '../../../../main/domain/numbers/targets.ts';

export interface RunColumn extends GridColumn<RunRow> {
  /** Sort key; left out: not sortable. */
  sort?: SortKey;
}

/** A number right-aligned at its point. @param decimals the most that the column has */
export function Aligned({ text, decimals }: { text: string; decimals: number }) {
  const own = /^[^.]*\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  const missing = `${own === 0 && decimals > 0 ? '.' : ''}${'0'.repeat(Math.max(0, decimals - own))}`;
  return missing === '' || text.includes('e') ? (
    text
  ) : (
    <span className="aligned" data-missing={missing}>
      {text}
    </span>
  );
}

const dash = <span className="soft">–</span>;

export const runColumns: readonly RunColumn[] = [
  {
    id: 'name',
    title: 'Name',
    sort: 'name',
    width: 176,
    cell: ({ name, archived }) => (
      <span title={archived ? `${name}, archived` : name}>
        <strong>{name}</strong>
        {archived && <span className="soft"> archived</span>}
      </span>
    ),
    value: ({ name }) => name,
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 140,
    cell: ({ tags }) => <TagList tags={tags} />,
    value: ({ tags }) => tags.join('; '),
  },
  {
    id: 'state',
    title: 'State',
    sort: 'state',
    width: 136,
    cell: (row) => <StateCell {...row} />,
    value: ({ state }) => runStateName(state),
  },
  {
    id: 'progress',
    title: 'Progress',
    sort: 'progress',
    width: 124,
    cell: (row) => <ProgressCell {...row} />,
    value: ({ progress }) => (progress && progress.total > 0 ? progress.done / progress.total : null),
  },
  {
    id: 'architecture',
    title: 'Architecture',
    sort: 'architecture',
    width: 104,
    cell: ({ architecture }) => (architecture ? <ArchitectureMark kind={architecture} /> : dash),
    value: ({ architecture }) => architecture && kindName(architecture),
  },
  {
    id: 'recipe',
    title: 'Recipe',
    width: 250,
    value: ({ recipe }) => recipe,
  },
  {
    id: 'accuracy',
    title: 'Test accuracy at target (%)',
    sort: 'accuracy',
    width: 214,
    cell: (row) => <TargetMarks row={row} />,
    value: ({ targets }) =>
      targets
        .map(({ target, state, accuracy, validation }) => {
          const decided = validation === null ? '' : ` (validation ${validation.toFixed(2)})`;
          return `${target}: ${accuracy === null || state === 'missed' || state === 'unused' ? state : accuracy.toFixed(2)}${decided}`;
        })
        .join('; '),
  },
  {
    id: 'seed',
    title: 'Seed',
    sort: 'seed',
    width: 64,
    numeric: true,
    value: ({ seed }) => seed,
  },
  {
    id: 'trend',
    title: 'Trend at target (%)',
    help: termHints.trend,
    width: 230,
    cell: ({ targets }) => <TrendMarks targets={targets} />,
    value: ({ targets }) =>
      targets
        .flatMap(({ target, trend }) => (trend ? `${target}: ${trend.accuracy?.toFixed(2) ?? ''}` : []))
        .join('; '),
  },
  {
    id: 'left',
    title: 'Time remaining',
    width: 124,
    numeric: true,
    cell: ({ timeLeft }) => (timeLeft === null ? dash : formatRemaining(timeLeft).replace(/ left$/, '')),
    value: ({ timeLeft }) => timeLeft && Math.round(timeLeft.seconds),
  },
  {
    id: 'engine',
    title: 'Engine',
    sort: 'engine',
    width: 92,
    value: ({ engine }) => engine,
  },
  {
    id: 'parameters',
    title: 'Parameters',
    width: 100,
    numeric: true,
    help: 'Number of parameters of the network, with the statistics of batch norm',
    cell: ({ parameters }) => (parameters === null ? dash : formatInteger(parameters)),
    value: ({ parameters }) => parameters,
  },
  {
    id: 'steps',
    title: 'Steps',
    sort: 'steps',
    width: 84,
    numeric: true,
    help: 'Training steps so far',
    cell: ({ steps }) => (steps === null ? dash : formatInteger(steps)),
    value: ({ steps }) => steps,
  },
  {
    id: 'speed',
    title: 'Steps/s',
    sort: 'speed',
    width: 84,
    numeric: true,
    help: 'Training steps a second of worker time, evaluations included',
    cell: ({ stepsPerSecond }) =>
      stepsPerSecond === null ? dash : <Aligned text={formatSpeed(stepsPerSecond)} decimals={2} />,
    value: ({ stepsPerSecond }) => stepsPerSecond && Number(stepsPerSecond.toPrecision(4)),
  },
  {
    id: 'time',
    title: 'Time spent',
    sort: 'time',
    width: 104,
    numeric: true,
    cell: ({ activeTime }) => (activeTime > 0 ? formatDuration(activeTime) : dash),
    value: ({ activeTime }) => Math.round(activeTime / 1000),
  },
  {
    id: 'ended',
    title: 'Ended',
    sort: 'ended',
    width: 112,
    cell: ({ endedAt }) => (endedAt === null ? dash : <Ago at={endedAt} />),
    value: ({ endedAt }) => (endedAt === null ? null : new Date(endedAt).toISOString()),
  },
  {
    id: 'note',
    title: 'Note',
    width: 180,
    value: ({ note }) => note,
  },
  {
    id: 'attempts',
    title: 'Attempts',
    width: 84,
    numeric: true,
    value: ({ attempts }) => attempts,
  },
];

/** For a study with runs on clusters. */
export const clusterColumns: readonly RunColumn[] = [
  {
    id: 'cluster',
    title: 'Runs on',
    width: 128,
    help: 'Where the run goes, is or was done',
    cell: ({ cluster }) => cluster ?? <span className="soft">This computer</span>,
    value: ({ cluster }) => cluster ?? 'This computer',
  },
  {
    id: 'waiting',
    title: 'Pending reason',
    width: 212,
    help: 'Why the cluster has not started it yet',
    cell: (row) => <WaitingCell {...row} />,
    value: ({ there }) => there?.reason ?? null,
  },
  {
    id: 'node',
    title: 'Node',
    width: 92,
    value: ({ node }) => node,
  },
  {
    id: 'restarts',
    title: 'Restarts',
    width: 80,
    numeric: true,
    help: 'How often the cluster started its task again, e.g. after preemption',
    value: ({ there }) => there?.restarts ?? null,
  },
  {
    id: 'limit',
    title: 'Time limit',
    width: 164,
    numeric: true,
    help: 'When the cluster ends its task, which then continues from its checkpoint',
    cell: ({ there }) => (there?.endsAt == null ? dash : <Until at={there.endsAt} />),
    value: ({ there }) => (there?.endsAt == null ? null : new Date(there.endsAt).toISOString()),
  },
];

const hiddenAtFirst = ['recipe', 'ended', 'note', 'attempts'];

export const defaultColumns = runColumns.map(({ id }) => id).filter((id) => !hiddenAtFirst.includes(id));

/** In a view's columns: hides this column of a hyperparameter or of clusters, which shows where it says something. */
export const hiding = (key: string): string => `-${key}`;

/** @param decimals the most that its numbers have */
function hyperparameterColumn(key: string, decimals: number): RunColumn {
  const title = settingTitle(key);
  const setting = settingAt(key);
  const values = [setting?.facts.absent ?? '', ...Object.values(setting?.facts.names ?? {})];
  const longest = Math.max(...values.map((value) => String(value).length));
  return {
    id: key,
    title,
    sort: `recipe.${key}` as const,
    numeric: setting?.shape.type === 'number',
    width: Math.max(84, 36 + 7 * title.length, Math.min(176, 16 + 7 * longest)),
    ...(setting && { help: helpOf(setting) }),
    value: ({ hyperparameters: { [key]: value } }) => value ?? null,
    cell: ({ hyperparameters: { [key]: value } }) =>
      typeof value === 'number' ? <Aligned text={String(value)} decimals={decimals} /> : (value ?? dash),
  };
}

interface Shown extends Pick<RunTable, 'differing' | 'decimals' | 'onClusters'> {
  facets: Pick<RunTable['facets'], 'tags'>;
}

/**
 * The columns of a view: those of `runColumns` that it has, and after the accuracy one for each hyperparameter that differs
 * and is not hidden. A study without tags has no column for them, and one without clusters none of theirs.
 */
export function shownColumns(ids: readonly string[], { differing, decimals, facets, onClusters }: Shown): RunColumn[] {
  const shown = (list: readonly RunColumn[]): RunColumn[] =>
    list.filter(({ id }) => ids.includes(id) && (id !== 'tags' || facets.tags.length > 0));
  const placeOf = (column: string): number => runColumns.findIndex(({ id }) => id === column) + 1;
  const [before, after] = [placeOf('progress'), placeOf('accuracy')];
  const ofClusters = onClusters ? clusterColumns.filter(({ id }) => !ids.includes(hiding(id))) : [];
  const values = differing
    .filter((key) => !ids.includes(hiding(key)))
    .map((key) => hyperparameterColumn(key, decimals[key] ?? 0));
  return [
    ...shown(runColumns.slice(0, before)),
    ...ofClusters,
    ...shown(runColumns.slice(before, after)),
    ...values,
    ...shown(runColumns.slice(after)),
  ];
}

/** Widths of columns in which groups have means. */
const groupWidths: Partial<Record<string, number>> = { accuracy: 328, trend: 328, steps: 168, speed: 148, time: 168 };

/** Columns of a grouped table: after the name the numbers that groups have means of. */
export function groupColumns(shown: readonly RunColumn[]): RunColumn[] {
  const [name, numbers, others] = [
    shown.filter(({ id }) => id === 'name'),
    shown.filter(({ id }) => groupWidths[id] !== undefined),
    shown.filter(({ id }) => id !== 'name' && groupWidths[id] === undefined),
  ];
  return [
    ...name.map((column) => ({ ...column, width: 248 })),
    ...numbers.map((column) => ({
      ...column,
      width: groupWidths[column.id] ?? 0,
      // Single runs are not sorted by their trends, which would all have to be computed.
      ...(column.id === 'trend' && { sort: 'trend' as const }),
    })),
    ...others,
  ];
}

/** Steps a second. */
export const formatSpeed = (value: number): string =>
  value >= 100 ? formatInteger(Math.round(value)) : formatFixed(value, value >= 10 ? 1 : 2);

function StateCell({ state, cancelling, failure, rank, cluster, there }: RunRow) {
  const onCluster =
    there && cluster !== null
      ? `${runStateName(state)} on ${cluster}${there.waits ? `: ${there.waits.what}` : ''}`
      : undefined;
  const note = failure ?? onCluster;
  return (
    <>
      <RunState state={cancelling ? 'stopping' : state} {...(note !== undefined && { note })} />
      {rank !== 0 && !isRunOver(state) && <span className="soft"> {rank > 0 ? '↑ first' : '↓ last'}</span>}
    </>
  );
}

function WaitingCell({ there }: RunRow) {
  if (there === null || there.waits === null) return dash;
  const { what, more } = there.waits;
  return more === '' ? what : <span title={`${what}. ${more}`}>{what}</span>;
}

function ProgressCell({ state, progress, name }: RunRow) {
  if (isRunOver(state) || progress === null || progress.total === 0) return dash;
  const share = Math.min(1, progress.done / progress.total);
  const words = `${formatInteger(progress.done)} of about ${formatInteger(progress.total)} steps${progress.note ? `, ${progress.note}` : ''}`;
  return (
    <Group component="span" display="inline-flex" gap="sm" wrap="nowrap" title={words}>
      <Progress value={100 * share} size="sm" w={56} aria-label={`Progress of ${name}`} />
      <span>{formatPercent(share, 0)}</span>
    </Group>
  );
}

function TagList({ tags }: { tags: readonly string[] }) {
  return tags.map((tag) => (
    <span key={tag} className="run-tag" title={tag}>
      {tag}
    </span>
  ));
}

/** The trend's accuracy at the snapshot of each reached target. */
export function TrendMarks({ targets }: Pick<RunRow, 'targets'>) {
  return targets.flatMap(({ target, trend }) =>
    trend === null ? (
      []
    ) : (
      <span key={target} className="target-mark" title={trend.undefined ?? `Line through ${trendText(trend)}`}>
        <span className="soft">{targetInTable(target)}:</span>{' '}
        {trend.accuracy === null ? '–' : `${trend.estimates > 0 ? '≈ ' : ''}${formatFixed(trend.accuracy, 2)}`}
      </span>
    ),
  );
}
