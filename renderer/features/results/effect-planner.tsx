import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { EffectPlanResult, EffectsInput, EffectsResult } from '../../../main/contract/api/effects.ts';
import { formatDuration, formatFixed, formatInteger } from '../../../main/domain/format.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { useApi } from '../../client/context.tsx';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { NumberField } from '../../ui/fields.tsx';
import { ScrollBox, TableHead } from '../../ui/plain-table.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { Undefined } from '../../ui/values.tsx';
import { QueryResult } from './notes.tsx';

interface EffectPlannerProps {
  input: EffectsInput;
  asked: NonNullable<EffectsResult['asked']>;
  levels: readonly { value: string; label: string }[];
}

/** How many pairs and seeds a difference needs, from the variances of this study. */
export function EffectPlanner({ input, asked, levels }: EffectPlannerProps) {
  const api = useApi();
  const isPercent = asked.unit === '%';
  const [chosen, setLevel] = useState<string | null>(null);
  const [difference, setDifference] = useState(isPercent ? 2 : 0.02);
  const level = chosen ?? levels[0]?.value ?? '';
  const question = { ...input, outcome: asked.outcome, factor: asked.factor, reference: asked.reference };
  const plan = useQuery(
    api.results.effectPlan.queryOptions({
      input: { ...question, level, difference },
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <section className="results-section" aria-labelledby="effect-planner">
      <h2 id="effect-planner">Plan the next study</h2>
      <div className="effects-question">
        <Select label="Difference of" w={220} allowDeselect={false} data={levels} value={level} onChange={setLevel} />
        <NumberField
          label={`Difference to see (${isPercent ? 'percentage points' : asked.unit})`}
          w={230}
          min={isPercent ? 0.1 : 0.001}
          max={isPercent ? 100 : 10}
          decimals={isPercent ? 1 : 3}
          value={difference}
          onChange={setDifference}
        />
      </div>
      <QueryResult query={plan}>
        {(data) =>
          data.undefined !== null ? (
            <p className="help-note" role="status">
              {data.undefined}
            </p>
          ) : (
            <Plan
              plan={data}
              decimals={isPercent ? 2 : 4}
              difference={difference}
              unit={isPercent ? 'percentage points' : asked.unit}
            />
          )
        }
      </QueryResult>
    </section>
  );
}

const headings = [
  ...['Pairs', 'Seeds of each cell', 'Half the interval as it is', 'With 200 seeds'],
  ...['More trainings', 'Hours here', 'Images', 'Minutes a volunteer'],
];

function Plan({
  plan,
  decimals,
  difference,
  unit,
}: {
  plan: EffectPlanResult;
  decimals: number;
  difference: number;
  unit: string;
}) {
  const { rows, curves, advice, notes, seeds } = plan;
  return (
    <>
      <p role="status">
        <strong>{advice}</strong>
      </p>
      <LineChart
        title="Half the width of the interval, by pairs and seeds"
        x={{ title: 'Pairs with fresh anchors', format: formatInteger }}
        y={{ title: unit, domain: [0, null], format: (value) => formatFixed(value, decimals) }}
        targets={[{ from: difference, to: difference, label: 'to see' }]}
        series={curves.map((curve) => ({
          ...{ id: String(curve.seeds), name: `${curve.seeds} seeds${curve.seeds === seeds ? ' (as now)' : ''}` },
          points: curve.points.map(({ pairs, half }) => [pairs, half] as const),
        }))}
      />
      <ScrollBox label="Pairs and seeds">
        <table className="plain-table quantity-table">
          <TableHead names={headings} />
          <tbody>
            {rows.map((row) => (
              <tr key={row.pairs}>
                <th scope="row">{formatInteger(row.pairs)}</th>
                <td>
                  {row.seeds === null ? <Undefined reason="More seeds won’t help: not even 200 do." /> : row.seeds}
                </td>
                <td>{formatFixed(row.half, decimals)}</td>
                <td>{formatFixed(row.least, decimals)}</td>
                <td>{row.trainings === null ? '' : formatInteger(row.trainings)}</td>
                <td className="on-one-line">
                  {row.hours === null ? '' : row.hours === 0 ? '0' : formatDuration(row.hours * 3_600_000)}
                </td>
                <td>{formatInteger(row.images)}</td>
                <td>{formatFixed(row.minutes, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <ExportMenu
        title="Pairs and seeds"
        table={() => ({
          columns: headings,
          rows: rows.map((row) => [
            ...[row.pairs, row.seeds, row.half, row.least, row.trainings, row.hours, row.images, row.minutes],
          ]),
        })}
      />
      <HelpNote>{notes.join(' ')}</HelpNote>
    </>
  );
}
