import { Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RunRow, RunTable, SortKey } from '../../../../main/contract/api/runs.ts';
import {
  formatDuration,
  formatFixed,
  formatInteger,
  formatPercent,
  formatRemaining,
} from '../../../../main/domain/format.ts';
import { hyperparameterTitle } from '../../../../main/domain/hyperparameters.ts';
import { isRunOver } from '../../../../main/domain/status.ts';
import { trendText } from '../../../../main/domain/trend.ts';
import { ArchitectureMark, architectureName, RunState, runStateName } from '../../../ui/badges.tsx';
import type { ExportCell } from '../../../ui/export/csv.ts';
import { Ago } from '../../../ui/values.tsx';

export interface RunColumn {
  id: string;
  title: string;
  /** Sort key; left out: not sortable. */
  sort?: SortKey;
  width: number;
  numeric?: boolean;
  /** Says on the title what the values are. */
  help?: string;
  cell: (row: RunRow) => ReactNode;
  value: (row: RunRow) => ExportCell;
}

const dash = <span className="soft">–</span>;

export const runColumns: readonly RunColumn[] = [
  {
    ...{ id: 'name', title: 'Name', sort: 'name', width: 176 },
    cell: ({ name, archived }) => (
      <span title={archived ? `${name}, archived` : name}>
        <strong>{name}</strong>
        {archived && <span className="soft"> archived</span>}
      </span>
    ),
    value: ({ name }) => name,
  },
  {
    ...{ id: 'tags', title: 'Tags', width: 140 },
    cell: ({ tags }) => <TagList tags={tags} />,
    value: ({ tags }) => tags.join('; '),
  },
  {
    ...{ id: 'state', title: 'State', sort: 'state', width: 136 },
    cell: (row) => <StateCell {...row} />,
    value: ({ state }) => runStateName(state),
  },
  {
    ...{ id: 'progress', title: 'Progress', sort: 'progress', width: 124 },
    cell: (row) => <ProgressCell {...row} />,
    value: ({ progress }) => (progress && progress.total > 0 ? progress.done / progress.total : null),
  },
  {
    ...{ id: 'architecture', title: 'Architecture', sort: 'architecture', width: 104 },
    cell: ({ architecture }) => (architecture ? <ArchitectureMark kind={architecture} /> : dash),
    value: ({ architecture }) => architecture && architectureName(architecture),
  },
  {
    ...{ id: 'recipe', title: 'Recipe', width: 250 },
    cell: ({ recipe }) => <span title={recipe}>{recipe}</span>,
    value: ({ recipe }) => recipe,
  },
  {
    ...{ id: 'accuracy', title: 'Test accuracy at target (%)', sort: 'accuracy', width: 214 },
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
    ...{ id: 'seed', title: 'Seed', sort: 'seed', width: 64, numeric: true },
    cell: ({ seed }) => seed ?? dash,
    value: ({ seed }) => seed,
  },
  {
    ...{ id: 'trend', title: 'Trend at target (%)', width: 230 },
    cell: ({ targets }) => <TrendMarks targets={targets} />,
    value: ({ targets }) =>
      targets
        .flatMap(({ target, trend }) => (trend ? `${target}: ${trend.accuracy?.toFixed(2) ?? ''}` : []))
        .join('; '),
  },
  {
    ...{ id: 'left', title: 'Time remaining', width: 124, numeric: true },
    cell: ({ timeLeft }) => (timeLeft === null ? dash : formatRemaining(timeLeft).replace(/ left$/, '')),
    value: ({ timeLeft }) => timeLeft && Math.round(timeLeft.seconds),
  },
  {
    ...{ id: 'engine', title: 'Engine', sort: 'engine', width: 92 },
    cell: ({ engine }) => engine ?? dash,
    value: ({ engine }) => engine,
  },
  {
    ...{ id: 'parameters', title: 'Parameters', width: 100, numeric: true },
    help: 'Number of parameters of the network, with the statistics of batch norm',
    cell: ({ parameters }) => (parameters === null ? dash : formatInteger(parameters)),
    value: ({ parameters }) => parameters,
  },
  {
    ...{ id: 'speed', title: 'Steps/s', sort: 'speed', width: 84, numeric: true },
    help: 'Training steps a second of worker time, evaluations included',
    cell: ({ stepsPerSecond }) => (stepsPerSecond === null ? dash : formatSpeed(stepsPerSecond)),
    value: ({ stepsPerSecond }) => stepsPerSecond && Number(stepsPerSecond.toPrecision(4)),
  },
  {
    ...{ id: 'time', title: 'Time spent', sort: 'time', width: 104, numeric: true },
    cell: ({ activeTime }) => (activeTime > 0 ? formatDuration(activeTime) : dash),
    value: ({ activeTime }) => Math.round(activeTime / 1000),
  },
  {
    ...{ id: 'ended', title: 'Ended', sort: 'ended', width: 112 },
    cell: ({ endedAt }) => (endedAt === null ? dash : <Ago at={endedAt} />),
    value: ({ endedAt }) => (endedAt === null ? null : new Date(endedAt).toISOString()),
  },
  {
    ...{ id: 'note', title: 'Note', width: 180 },
    cell: ({ note }) => <span title={note}>{note}</span>,
    value: ({ note }) => note,
  },
  {
    ...{ id: 'attempts', title: 'Attempts', width: 84, numeric: true },
    cell: ({ attempts }) => attempts,
    value: ({ attempts }) => attempts,
  },
];

const hiddenAtFirst = ['recipe', 'ended', 'note', 'attempts'];

export const defaultColumns = runColumns.map(({ id }) => id).filter((id) => !hiddenAtFirst.includes(id));

/** In a view's columns: hides the column of this hyperparameter. */
export const hiding = (key: string): string => `-${key}`;

/** Hyperparameters whose values are texts. */
const texts = ['architecture.hidden', 'architecture.channels', 'optimiser.kind', 'targets', 'landing'];

const wide: Record<string, number> = { 'architecture.channels': 112, 'architecture.hidden': 120, landing: 176 };

function hyperparameterColumn(key: string): RunColumn {
  const title = hyperparameterTitle(key);
  return {
    ...{ id: key, title, sort: `recipe.${key}` as const, numeric: !texts.includes(key) },
    width: wide[key] ?? Math.max(84, 36 + 7 * title.length),
    cell: ({ hyperparameters: { [key]: value } }) =>
      value === undefined ? dash : typeof value === 'string' ? <span title={value}>{value}</span> : value,
    value: ({ hyperparameters: { [key]: value } }) => value ?? null,
  };
}

/**
 * The columns of a view: those of `runColumns` that it has, and after the accuracy one for each hyperparameter that differs
 * and is not hidden. A study without tags has no column for them.
 */
export function shownColumns(
  ids: readonly string[],
  { differing, facets }: { differing: RunTable['differing']; facets: Pick<RunTable['facets'], 'tags'> },
): RunColumn[] {
  const shown = (list: readonly RunColumn[]): RunColumn[] =>
    list.filter(({ id }) => ids.includes(id) && (id !== 'tags' || facets.tags.length > 0));
  const after = runColumns.findIndex(({ id }) => id === 'accuracy') + 1;
  const values = differing.filter((key) => !ids.includes(hiding(key))).map(hyperparameterColumn);
  return [...shown(runColumns.slice(0, after)), ...values, ...shown(runColumns.slice(after))];
}

/** Steps a second. */
export const formatSpeed = (value: number): string =>
  value >= 100 ? formatInteger(Math.round(value)) : formatFixed(value, value >= 10 ? 1 : 2);

function StateCell({ state, cancelling, failure, rank }: RunRow) {
  const note = failure ?? undefined;
  return (
    <>
      <RunState state={cancelling ? 'stopping' : state} {...(note !== undefined && { note })} />
      {rank !== 0 && !isRunOver(state) && <span className="soft"> {rank > 0 ? '↑ first' : '↓ last'}</span>}
    </>
  );
}

function ProgressCell({ state, progress, name }: RunRow) {
  if (isRunOver(state) || progress === null || progress.total === 0) return dash;
  const share = Math.min(1, progress.done / progress.total);
  const words = `${formatInteger(progress.done)} of about ${formatInteger(progress.total)} steps${progress.note ? `, ${progress.note}` : ''}`;
  return (
    <span className="run-progress" title={words}>
      <Progress value={100 * share} size="sm" w={56} aria-label={`Progress of ${name}`} />
      <span>{formatPercent(share, 0)}</span>
    </span>
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
function TrendMarks({ targets }: Pick<RunRow, 'targets'>) {
  return targets.flatMap(({ target, trend }) =>
    trend === null ? (
      []
    ) : (
      <span key={target} className="target-mark" title={trend.undefined ?? `Line through ${trendText(trend)}`}>
        <span className="soft">{target}:</span>{' '}
        {trend.accuracy === null ? '–' : `${trend.estimates > 0 ? '≈ ' : ''}${formatFixed(trend.accuracy, 2)}`}
      </span>
    ),
  );
}

const targetStates = {
  reached: 'reached',
  unused: 'it met this target and failed afterwards: a failed run is not used',
  missed: 'missed',
  pending: 'not reached yet',
};

/** Each target of a run with the accuracy of its snapshot, or that it was missed or not reached yet. */
export function TargetMarks({ row }: { row: Pick<RunRow, 'targets' | 'landing' | 'latest' | 'state'> }) {
  const { targets, landing, latest } = row;
  const next = isRunOver(row.state) ? undefined : targets.find(({ state }) => state === 'pending');
  return targets.map(({ target, state, accuracy, validation, errors, testCount }) => {
    const of =
      errors === null || testCount === null
        ? ''
        : `: ${formatInteger(errors)} of ${formatInteger(testCount)} test images wrong`;
    const by = landing === 'validation' ? ' of the validation images' : '';
    const decided = validation === null ? '' : `; ${formatFixed(validation, 2)} % of the validation images decided`;
    return (
      <span
        key={target}
        className="target-mark"
        data-state={state}
        title={`Target ${target} %${by} ${targetStates[state]}${of}${decided}`}
      >
        <span className="soft">{target}:</span> {accuracy === null ? '–' : formatFixed(accuracy, 2)}
        {validation !== null && <span className="soft"> (val. {formatFixed(validation, 2)})</span>}
        {target === next?.target && latest && (
          <span className="soft">
            {' '}
            (now {latest.estimated && '≈ '}
            {formatFixed(latest.accuracy, 1)})
          </span>
        )}
        {state === 'unused' && <span className="target-missed"> not used</span>}
        {state === 'missed' && <span className="target-missed"> missed{by && ' (val.)'}</span>}
        <span className="sr"> {targetStates[state]}</span>
      </span>
    );
  });
}
