import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type ComponentProps, Fragment } from 'react';
import type { TablesInput, TablesResult } from '../../main/contract/api/results-tables.ts';
import type { Exhibit } from '../../main/contract/exhibit.ts';
import { useApi } from '../client/context.tsx';
import { FigureView } from '../charts/figure.tsx';
import { useChoice, useOpenMark, useSample } from './choice.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { QueryResult } from './notes.tsx';

/** Tables and figures of a part of results, of all targets and of the chosen group. */
export function useTables(
  section: TablesInput['section'],
  more: Partial<Omit<TablesInput, 'study' | 'labelers' | 'claim'>> = {},
) {
  const { study, labelers, claim, group } = useChoice();
  const input = { study, labelers, claim, section, groups: group ? [group] : [], ...more };
  return useQuery(useApi().results.tables.queryOptions({ input, placeholderData: keepPreviousData }));
}

/** A table of an answer, for what draws it in a form of its own. */
export const findTable = ({ tables }: TablesResult, id: string): Exhibit | undefined =>
  tables.find(({ exhibit }) => exhibit.id === id)?.exhibit;

interface SectionTablesProps {
  query: UseQueryResult<TablesResult>;
  /** Ids of the tables that stand here; absent: all. */
  only?: readonly string[];
  /** Ids of tables that stand elsewhere. */
  except?: readonly string[];
}

/** Tables of a section, in the order of the report. A new table needs nothing here. */
export function SectionTables({ query, only, except = [] }: SectionTablesProps) {
  const samples = { targets: useSample('targets'), chosen: useSample('chosen') };
  return (
    <QueryResult query={query}>
      {({ tables }) =>
        tables
          .filter(({ exhibit: { id } }) => (only?.includes(id) ?? true) && !except.includes(id))
          .map(({ of, exhibit }) => <ExhibitTable key={exhibit.id} exhibit={exhibit} n={samples[of]} />)
      }
    </QueryResult>
  );
}

interface PartFiguresProps extends Omit<ComponentProps<typeof FigureView>, 'figure'> {
  query: UseQueryResult<TablesResult>;
  /** Ids of the figures that stand here; absent: all. */
  only?: readonly string[];
}

/** Figures of a part of results. Their marks open images. */
export function PartFigures({ query, only, ...drawn }: PartFiguresProps) {
  const sample = useSample('chosen');
  const openMark = useOpenMark();
  return (
    <QueryResult query={query}>
      {({ figures }) =>
        figures
          .filter(({ id }) => only?.includes(id) ?? true)
          .map((figure) => <FigureView key={figure.id} figure={figure} n={sample} onOpen={openMark} {...drawn} />)
      }
    </QueryResult>
  );
}

/** Tables and figures of a part of results, in the order of the report. A new one needs nothing here. */
export function PartInOrder({ query }: { query: UseQueryResult<TablesResult> }) {
  return (
    <QueryResult query={query}>
      {({ order }) =>
        order.map((id) => (
          <Fragment key={id}>
            <SectionTables query={query} only={[id]} />
            <PartFigures query={query} only={[id]} />
          </Fragment>
        ))
      }
    </QueryResult>
  );
}
