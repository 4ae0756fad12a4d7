import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReportChoice } from '../../../main/contract/api/report.ts';
import { useApi } from '../../client/context.tsx';
import { Loading, Refused } from '../../ui/states.tsx';

/** The page as it would be written; it runs nothing and asks for nothing. */
export function ReportPreview({ study, choice }: { study: string; choice: ReportChoice }) {
  const api = useApi();
  const preview = useQuery(
    api.report.preview.queryOptions({
      input: { study, choice },
      placeholderData: keepPreviousData,
      gcTime: 0,
      retry: false,
    }),
  );
  return (
    <section className="report-preview" aria-label="Preview of the report" aria-busy={preview.isFetching}>
      {preview.isError && <Refused error={preview.error} onRetry={() => void preview.refetch()} />}
      {!preview.data && !preview.isError && <Loading label="Drawing the report" lines={12} />}
      {preview.data && <iframe title="The report" sandbox="" srcDoc={preview.data.html} />}
    </section>
  );
}
