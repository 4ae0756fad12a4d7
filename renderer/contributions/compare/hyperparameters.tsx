import { kindName } from '../../../main/domain/networks/index.ts';
import { Group, Stack } from '@mantine/core';
import { useMemo } from 'react';
import type { Comparison } from '../../../main/contributions/compare/contract.ts';
import { formatCount, formatFixed, targetTitle } from '../../../main/domain/numbers/index.ts';
import { type ChartAxis, settingText, settingTitle } from '../../../main/domain/settings/index.ts';
import { Scatter } from '../../charts/index.ts';
import { useParameter } from '../../navigation/index.ts';
import { HelpNote } from '../../ui/parts/index.ts';
import { ChoiceField } from '../../ui/fields/index.ts';

/** A setting or an outcome. */
interface Variable {
  key: string;
  axis: ChartAxis;
  /** Value of each run; null: it has none. */
  values: readonly (number | null)[];
}

export interface OutcomesProps {
  comparison: Comparison;
  /** All that `outcomesOf` gives. */
  outcomes: readonly Variable[];
}

/** A metric of the runs against one setting that differs. */
export function Hyperparameters({ comparison, outcomes: metrics }: OutcomesProps) {
  const { rows, target } = comparison;
  const settings = useMemo(() => settingsOf(comparison), [comparison]);
  const [wantedSetting, setSetting] = useParameter('setting');
  const [wantedMetric, setMetric] = useParameter('metric');
  const [, open] = useParameter('run');
  const setting = settings.find(({ key }) => key === wantedSetting) ?? settings[0];
  const metric = metrics.find(({ key }) => key === wantedMetric) ?? metrics[0];
  if (!setting) return <HelpNote>The recipes are the same, so there is no setting to plot against.</HelpNote>;
  if (!metric) return <HelpNote>None of these runs has been evaluated yet.</HelpNote>;
  const kinds = [...new Set(rows.map(({ architecture }) => architecture ?? ''))];
  const named = kinds.map((kind) => ({ kind, name: kindName(kind) }));
  const known = rows.flatMap((row, place) => {
    const [x, y] = [setting.values[place] ?? null, metric.values[place] ?? null];
    return x === null || y === null
      ? []
      : [{ id: String(row.id), label: row.name, kind: row.architecture ?? '', x, y }];
  });
  return (
    <Stack gap="md">
      <Group gap="md">
        <Picker label="Metric" of={metrics} value={metric.key} onChange={setMetric} />
        <Picker label="Against" of={settings} value={setting.key} onChange={setSetting} />
      </Group>
      <Scatter
        title={`${metric.axis.title} by ${setting.axis.title}`}
        n={`n = ${known.length} of ${formatCount(rows.length, 'run')}`}
        x={setting.axis}
        y={metric.axis}
        points={known}
        kinds={named}
        height={320}
        onOpen={({ id }) => open(id)}
      />
      {target !== null && <HelpNote>Metrics of snapshots are those at {targetTitle(target)}.</HelpNote>}
    </Stack>
  );
}

interface PickerProps {
  label: string;
  of: readonly Variable[];
  value: string;
  onChange: (key: string | null, options: { replace: boolean }) => void;
}

const Picker = ({ label, of, value, onChange }: PickerProps) => (
  <ChoiceField
    label={label}
    w={300}
    options={of.map(({ key, axis }) => ({ value: key, label: axis.title }))}
    value={value}
    onChange={(key) => onChange(key, { replace: true })}
  />
);

/** From this ratio of the largest to the smallest value on, an axis is logarithmic. */
const wide = 20;

/** Settings of the recipes that differ. The seed comes last: it should not decide anything. */
function settingsOf({ differences }: Comparison): Variable[] {
  const ordered = [...differences].sort((a, b) => Number(a.key === 'seed') - Number(b.key === 'seed'));
  return ordered.map(({ key, values }) => {
    const parsed = values.map((value): unknown => (value === null ? null : JSON.parse(value)));
    const title = settingTitle(key);
    return { key, ...(parsed.every(isNumberOrNull) ? numeric(title, parsed) : named(key, values)) };
  });
}

const isNumberOrNull = (value: unknown): value is number | null => value === null || typeof value === 'number';

function numeric(title: string, values: readonly (number | null)[]): Omit<Variable, 'key'> {
  const known = [...new Set(values.flatMap((value) => value ?? []))].sort((a, b) => a - b);
  const [least = 0, most = 0] = [known[0], known.at(-1)];
  const isLog = least > 0 && most / least >= wide;
  return {
    values,
    axis: { title, ...(isLog && { log: true }), ...(known.length <= 8 && { ticks: known }) },
  };
}

/** Values that are no numbers: a place on the axis for each, in order of their names. */
function named(key: string, values: readonly (string | null)[]): Omit<Variable, 'key'> {
  const known = [...new Set(values.flatMap((value) => value ?? []))].sort((a, b) => a.localeCompare(b, 'en'));
  const axis: ChartAxis = {
    title: settingTitle(key),
    ticks: known.map((_, place) => place),
    domain: [-0.5, known.length - 0.5],
    format: (place) => (known[place] === undefined ? '' : settingText(key, known[place])),
  };
  return { axis, values: values.map((value) => (value === null ? null : known.indexOf(value))) };
}

/** What came out of each run, without metrics that no run has. */
export function outcomesOf({ rows, target, stimuli }: Comparison): Variable[] {
  const at = rows.map(({ targets }) => targets.find((each) => each.target === target));
  const others = (place: number): number | null => {
    const shares = (stimuli?.disagreements[place] ?? []).flatMap((differing, other) =>
      differing === null || other === place ? [] : [differing / (stimuli?.count ?? 1)],
    );
    return shares.length === 0 ? null : (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length;
  };
  const percent = (value: number): string => formatFixed(value, 2);
  const variables: Variable[] = [
    {
      key: 'accuracy',
      axis: { title: 'Counted accuracy (%)', format: percent },
      values: at.map((each) => (each?.state === 'reached' ? each.accuracy : null)),
    },
    {
      key: 'trend',
      axis: { title: 'Trend accuracy (%)', format: percent },
      values: at.map((each) => each?.trend?.accuracy ?? null),
    },
    {
      key: 'latest',
      axis: { title: 'Last test accuracy (%)', format: percent },
      values: rows.map(({ latest }) => latest?.accuracy ?? null),
    },
    {
      key: 'time',
      axis: { title: 'Time spent (min)' },
      values: rows.map(({ activeTime }) => (activeTime > 0 ? activeTime / 60_000 : null)),
    },
    {
      key: 'steps',
      axis: { title: 'Steps trained' },
      values: rows.map(({ latest }) => latest?.step ?? null),
    },
    {
      key: 'disagreement',
      axis: { title: 'Differs from another run (% of images)' },
      values: rows.map((_, place) => others(place)),
    },
  ];
  return variables.filter(({ values }) => values.some((value) => value !== null));
}
