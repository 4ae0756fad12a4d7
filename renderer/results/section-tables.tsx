import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type ComponentProps, Fragment } from 'react';
import type { TablesInput, TablesResult } from '../../main/contract/api/results-tables.ts';
import type { Exhibit } from '../../main/contract/results/exhibit.ts';
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

interface Asked {
  query: UseQueryResult<TablesResult>;
}

interface Answered {
  data: TablesResult;
}

interface ShownTables {
  /** Ids of the tables that stand here; absent: all. */
  only?: readonly string[];
  /** Ids of tables that stand elsewhere. */
  except?: readonly string[];
}

/** Tables of a section, in the order of the report. A new table needs nothing here. */
export const SectionTables = ({ query, ...shown }: ShownTables & Asked) => (
  <QueryResult query={query}>{(data) => <Tables data={data} {...shown} />}</QueryResult>
);

function Tables({ data: { tables }, only, except = [] }: ShownTables & Answered) {
  const samples = { targets: useSample('targets'), chosen: useSample('chosen') };
  return tables
    .filter(({ exhibit: { id } }) => (only?.includes(id) ?? true) && !except.includes(id))
    .map(({ of, exhibit }) => <ExhibitTable key={exhibit.id} exhibit={exhibit} n={samples[of]} />);
}

interface ShownFigures extends Omit<ComponentProps<typeof FigureView>, 'figure'> {
  /** Ids of the figures that stand here; absent: all. */
  only?: readonly string[];
}

/** Figures of a part of results. Their marks open images. */
export const PartFigures = ({ query, ...shown }: ShownFigures & Asked) => (
  <QueryResult query={query}>{(data) => <Figures data={data} {...shown} />}</QueryResult>
);

function Figures({ data: { figures }, only, ...drawn }: ShownFigures & Answered) {
  const sample = useSample('chosen');
  const openMark = useOpenMark();
  return figures
    .filter(({ id }) => only?.includes(id) ?? true)
    .map((figure) => <FigureView key={figure.id} figure={figure} n={sample} onOpen={openMark} {...drawn} />);
}

interface PartInOrderProps extends Asked {
  /** Ids of tables and figures that stand above. What is drawn after the last of them comes first, as in reports. */
  below?: readonly string[];
  /** Of figures, in pixels. */
  height?: number;
}

/** Tables and figures of a part of results, in the order of the report. A new one needs nothing here. */
export const PartInOrder = ({ query, below = [], ...drawn }: PartInOrderProps) => (
  <QueryResult query={query}>
    {(data) => {
      const place = data.order.indexOf(below.at(-1) ?? '') + 1;
      return [...data.order.slice(place), ...data.order.slice(0, place)]
        .filter((id) => !below.includes(id))
        .map((id) => (
          <Fragment key={id}>
            <Tables data={data} only={[id]} />
            <Figures data={data} only={[id]} {...drawn} />
          </Fragment>
        ));
    }}
  </QueryResult>
);
