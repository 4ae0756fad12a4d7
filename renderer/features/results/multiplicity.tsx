import type { UseQueryResult } from '@tanstack/react-query';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { PartsAt } from '../../ui/place.tsx';
import { findTable, PartFigures, SectionTables } from './section-tables.tsx';

/** What depends on which of several equally accurate networks one has. */
export function Multiplicity({ tables, study }: { tables: UseQueryResult<TablesResult>; study: string }) {
  return (
    <>
      <SectionTables query={tables} only={['pooled', 'multiplicity']} />
      <PartFigures query={tables} />
      <SectionTables query={tables} except={['agreement', 'pooled', 'multiplicity', 'deferral']} />
      {tables.data && findTable(tables.data, 'test-images') && <PartsAt place="results.test-images" study={study} />}
    </>
  );
}
