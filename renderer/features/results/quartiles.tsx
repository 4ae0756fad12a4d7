import type { SoftmaxResult } from '../../../main/contract/api/results-charts.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { formatFixed, formatInteger } from '../../../main/domain/format.ts';
import { usePeople } from '../../ui/rehearsal.tsx';
import { typeName } from './type-names.ts';

const names = ['Least', '25 %', 'Median', '75 %', 'Largest'];

/** Least, quartiles and largest of the values that the bars show. */
export function Quartiles({ types }: { types: SoftmaxResult['types'] }) {
  const people = usePeople();
  const title = 'Quartiles of the largest softmax';
  const rows = types.map(({ type, quantiles, spread }) => ({
    ...{ type, name: typeName(type, people), n: spread.n ?? 0 },
    values: names.map((_, at) => quantiles?.[at] ?? null),
  }));
  return (
    <>
      <h3>
        {title}
        <ExportMenu
          title={title}
          table={() => ({
            columns: ['Type', 'n', ...names],
            rows: rows.map(({ name, n, values }) => [name, n, ...values]),
          })}
        />
      </h3>
      <table className="plain-table">
        <thead>
          <tr>
            {['Type', ...names, 'n, values'].map((heading) => (
              <th key={heading} scope="col" data-numeric={heading !== 'Type' || undefined}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ type, name, n, values }) => (
            <tr key={type}>
              <th scope="row">{name}</th>
              {values.map((value, at) => (
                <td key={names[at]} data-numeric>
                  {value === null ? '–' : formatFixed(value, 3)}
                </td>
              ))}
              <td data-numeric>{formatInteger(n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
