import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReportChoice } from '../../main/contract/api/report.ts';
import { useApi } from './context.tsx';

/** Stores what a study's report is to have. Every screen starts from it at once, and from what is stored if that failed. */
export function useReportChoice(study: string) {
  const api = useApi();
  const queries = useQueryClient();
  const state = { input: { study } };
  const save = useMutation(
    api.report.save.mutationOptions({
      onError: () => queries.invalidateQueries({ queryKey: api.report.state.key(state) }),
    }),
  );
  const store = (choice: ReportChoice): void => {
    queries.setQueryData(api.report.state.queryKey(state), (known) => known && { ...known, choice });
    save.mutate({ study, choice });
  };
  return { save, store };
}
