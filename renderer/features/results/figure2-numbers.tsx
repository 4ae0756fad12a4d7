import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { ArchitectureMark } from '../../ui/badges.tsx';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { formatFixed } from '../../../main/domain/format.ts';
import { ScrollBox, TableHead } from '../../ui/plain-table.tsx';
import { Undefined } from '../../ui/values.tsx';
import { groupText, useParameters } from './address.ts';
import { type DesignedGroup, groupTitle, useChoice } from './choice.tsx';
import { QuantityText } from './quantity.tsx';

type Row = TablesResult['figure2'][number];

/** The numbers of Figure 2: means, and each seed group's own, which chooses that group. */
export function Figure2Numbers({ figure2 }: { figure2: readonly Row[] }) {
  const repeats = [...new Set(figure2.flatMap((row) => row.repeats))].sort((a, b) => a - b);
  const title = 'Figure 2 in numbers, percent of images';
  return (
    <>
      <h2 id="figure-2-numbers">
        Figure 2 <span className="soft">in numbers, percent of images; a repeat’s number chooses its group</span>
        <ExportMenu title={title} table={() => tableOf(figure2, repeats)} />
      </h2>
      <ScrollBox label={title}>
        <table className="plain-table quantity-table" aria-labelledby="figure-2-numbers">
          <TableHead names={['Networks', 'Type A', 'Type C', ...repeats.map((repeat) => `Repeat ${repeat}: A, C`)]} />
          <tbody>
            {figure2.map((row) => (
              <tr key={`${row.architecture} ${row.target}`}>
                <th scope="row">
                  <ArchitectureMark kind={row.architecture.toLowerCase()}>
                    {row.architecture} {row.target} %
                  </ArchitectureMark>
                </th>
                <td>
                  <QuantityText of={row.typeA} />
                </td>
                <td>
                  <QuantityText of={row.typeC} />
                </td>
                {repeats.map((repeat) => (
                  <td key={repeat}>
                    <RepeatNumbers row={row} repeat={repeat} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}

function RepeatNumbers({ row, repeat }: { row: Row; repeat: number }) {
  const { overview } = useChoice();
  const [, change] = useParameters();
  const at = row.repeats.indexOf(repeat);
  if (at < 0) return <Undefined reason="none of its networks has answered for the stimuli" />;
  const [typeA, typeC] = [row.perRepeat.typeA[at] ?? null, row.perRepeat.typeC[at] ?? null];
  if (typeA === null || typeC === null)
    return <Undefined reason="fewer than two networks, or no image with two labels" />;
  const { architecture, target } = row;
  const group: DesignedGroup = { kind: 'seeds', architecture, target, repeat };
  return (
    <button type="button" className="link-button" onClick={() => change({ group: groupText(group) })}>
      {formatFixed(typeA, 1)}, {formatFixed(typeC, 1)}
      <span className="sr"> choose {groupTitle(group, overview)}</span>
    </button>
  );
}

function tableOf(figure2: readonly Row[], repeats: readonly number[]) {
  const each = (row: Row, values: readonly (number | null)[]) =>
    repeats.map((repeat) => values[row.repeats.indexOf(repeat)] ?? null);
  return {
    columns: [
      ...['Architecture', 'Target', 'Type A', 'Type A: std', 'Type C', 'Type C: std', 'Repeats'],
      ...['A', 'C'].flatMap((type) => repeats.map((repeat) => `Type ${type}, repeat ${repeat}`)),
    ],
    rows: figure2.map((row) => [
      ...[row.architecture, row.target, row.typeA.value, row.typeA.std, row.typeC.value, row.typeC.std, row.typeA.n],
      ...each(row, row.perRepeat.typeA),
      ...each(row, row.perRepeat.typeC),
    ]),
  };
}
