import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { SizePlan } from '../../../main/contributions/contrasts/contract/size-plan.ts';
import { formatDuration, formatFixed, formatInteger } from '../../../main/domain/numbers/index.ts';
import { LineChart } from '../../charts/index.ts';
import { PartsAt } from '../../ui/places/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { HelpNote } from '../../ui/parts/index.ts';
import { Undefined } from '../../ui/words/index.ts';

type Curve = SizePlan['curves'][number];

const axesOf = (units: SizePlan['units']): Record<Curve['by'], { button: string; title: string }> => ({
  pairs:
    units === 'images'
      ? { button: 'By images', title: 'Images' }
      : { button: 'By pairs', title: 'Pairs with fresh anchors' },
  seeds: { button: 'By seeds', title: 'Seeds of each cell' },
  people: { button: 'By people', title: 'Labelers' },
});

/** A column, with the cell of each row: as text, and as a number for files. */
interface PlanColumn {
  readonly name: string;
  readonly text: (row: PlanRow) => ReactNode;
  readonly value: (row: PlanRow) => number | null;
}
type PlanRow = SizePlan['rows'][number];

function columnsOf({ people, mostPeople, rows, units }: SizePlan, decimals: number): PlanColumn[] {
  const most = people === null ? '200 seeds' : `200 seeds, ${formatInteger(mostPeople ?? people)} people`;
  const whole = (value: number | null): string => (value === null ? '' : formatInteger(value));
  const hours = ({ hours: of }: PlanRow): string =>
    of === null ? '' : of === 0 ? '0' : formatDuration(of * 3_600_000);
  const column = (name: string, value: PlanColumn['value'], text?: PlanColumn['text']): PlanColumn => ({
    name,
    value,
    text: text ?? ((row) => whole(value(row))),
  });
  return [
    column(
      'Seeds of each cell',
      (row) => row.seeds,
      (row) => (row.seeds === null ? <Undefined reason={`More seeds won’t help: not even ${most} do.`} /> : row.seeds),
    ),
    ...(people === null ? [] : [column('People', (row) => row.people)]),
    column(
      'Half the interval as it is',
      (row) => row.half,
      ({ half, low, high }) =>
        `${formatFixed(half, decimals)} (${formatFixed(low, decimals)}\u2013${formatFixed(high, decimals)})`,
    ),
    column(
      `With ${most}`,
      (row) => row.least,
      (row) => formatFixed(row.least, decimals),
    ),
    column('More trainings', (row) => row.trainings),
    column('Hours here', (row) => row.hours, hours),
    ...(units === 'images' ? [] : [column('Images', (row) => row.images)]),
    ...(rows.some(({ minutes }) => minutes !== null)
      ? [
          column(
            'Minutes a volunteer',
            (row) => row.minutes,
            ({ minutes }) => (minutes === null ? '' : formatFixed(minutes, 0)),
          ),
        ]
      : []),
  ];
}

interface PlanViewProps {
  plan: SizePlan;
  decimals: number;
  difference: number;
  unit: string;
}

/** A plan in a sentence, curves and a table; or why there is none. */
export function PlanView(props: PlanViewProps) {
  const why = props.plan.undefined;
  if (why === null) return <DefinedPlan {...props} />;
  return (
    <p className="help-note" role="status">
      {why}
    </p>
  );
}

function DefinedPlan({ plan, decimals, difference, unit }: PlanViewProps) {
  const { rows, curves, advice, notes } = plan;
  const [by, setBy] = useState<Curve['by']>('pairs');
  const curve = curves.find((each) => each.by === by) ?? curves[0];
  const numbers = [...new Set(curve?.series.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted(
    (a, b) => a - b,
  );
  const axes = axesOf(plan.units);
  const first = plan.units === 'images' ? 'Images' : 'Pairs';
  const columns = columnsOf(plan, decimals);
  return (
    <>
      <p role="status">
        <strong>{advice}</strong>
      </p>
      <SegmentedControl
        aria-label="Curve"
        data={curves.map((each) => ({ value: each.by, label: axes[each.by].button }))}
        value={curve?.by ?? by}
        onChange={setBy}
      />
      {curve && (
        <LineChart
          key={curve.by}
          title={`Half the width of the interval, ${axes[curve.by].button.toLowerCase()}`}
          x={{ title: axes[curve.by].title, format: formatInteger, ...(numbers.length <= 7 && { ticks: numbers }) }}
          y={{ title: unit, domain: [0, null], format: (value) => formatFixed(value, decimals) }}
          targets={[{ from: difference, to: difference, label: 'to see' }]}
          series={curve.series.map(({ name, points }) => ({
            id: name,
            name,
            points: points.map(({ x, half }) => [x, half] as const),
          }))}
        />
      )}
      <PlainTable
        label={`${first} and seeds`}
        className="quantity-table"
        rows={rows}
        rowKey={({ pairs }) => pairs}
        columns={[
          { title: first, cell: ({ pairs }) => formatInteger(pairs) },
          ...columns.map(({ name, text }) => ({
            title: name,
            cell: (row: (typeof rows)[number]) => <span className="on-one-line">{text(row)}</span>,
          })),
        ]}
      />
      <PartsAt
        place="export.menu"
        title={`${first} and seeds`}
        table={() => ({
          columns: [first, ...columns.map(({ name }) => name)],
          rows: rows.map((row) => [row.pairs, ...columns.map(({ value }) => value(row))]),
        })}
      />
      <HelpNote>{notes.join(' ')}</HelpNote>
    </>
  );
}
