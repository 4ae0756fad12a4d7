import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { FigureView } from '../../charts/figure.tsx';
import { HelpNote } from '../../ui/parts/states.tsx';
import { groupText, useParameters } from '../../results/address.ts';
import { groupTitle, useChoice, useSample } from '../../results/choice.tsx';
import { ExhibitTable } from '../../results/exhibit-table.tsx';
import { Incomplete } from '../../results/notes.tsx';
import { findTable } from '../../results/section-tables.tsx';

/** Figure 2: shares of types A and C by target accuracy, one line per architecture, and its table. */
export function Figure2({ seeds }: { seeds: TablesResult }) {
  const { overview } = useChoice();
  const [, change] = useParameters();
  const sample = useSample('people');
  const table = findTable(seeds, 'figure-2');
  if (!table) return <HelpNote>This study has no seed groups, so there is no Figure 2 and no Table 5.</HelpNote>;
  return (
    <>
      <Drawn seeds={seeds} id="figure-2" n={sample} />
      <Incomplete />
      <ExhibitTable
        exhibit={table}
        n={sample}
        onOpen={({ counts }) => {
          const group = counts?.group;
          if (group?.kind !== 'seeds') return undefined;
          return {
            run: () => change({ group: groupText(group) }),
            name: `choose ${groupTitle(group, overview)}`,
          };
        }}
      />
    </>
  );
}

/** Table 5: certainty of seed groups by certainty of people, as a table and one chart per target. */
export function Table5({ seeds }: { seeds: TablesResult }) {
  const sample = useSample('people');
  const table = findTable(seeds, 'table-5');
  // Table 5 counts images by the certainty of people also where no networks differ in their seed alone.
  if (!table || !findTable(seeds, 'figure-2'))
    return <HelpNote>This study has no seed groups, so there is no Table 5.</HelpNote>;
  return (
    <>
      <ExhibitTable exhibit={table} n={sample} />
      <Incomplete />
      <Drawn seeds={seeds} id="table-5-figure" />
    </>
  );
}

/** A figure of seed groups. Where none of its numbers is defined there is none, and its table has the reasons. */
function Drawn({ seeds, id, n }: { seeds: TablesResult; id: string; n?: string }) {
  const figure = seeds.figures.find((each) => each.id === id);
  return figure ? <FigureView figure={figure} {...(n !== undefined && { n })} beside /> : null;
}
