import type { ReportData } from './report-data.ts';

/** The same report about some targets only; null: all. Numbers of a target do not depend on others. */
export function narrowed(data: ReportData, targets: readonly number[] | null): ReportData {
  const { analysis } = data;
  if (targets === null || !analysis) return data;
  const isChosen = (target: string): boolean => targets.includes(Number(target));
  const chosen = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([target]) => isChosen(target)));
  const inside = <T>(record: Readonly<Record<string, Record<string, T>>>): Record<string, Record<string, T>> =>
    Object.fromEntries(
      Object.entries(record)
        .map(([architecture, of]) => [architecture, chosen(of)] as const)
        .filter(([, of]) => Object.keys(of).length > 0),
    );
  return {
    ...data,
    models: data.models.filter(({ target }) => targets.includes(target)),
    predictions: data.predictions.filter(({ target }) => targets.includes(target)),
    analysis: {
      ...analysis,
      diverse: chosen(analysis.diverse),
      paired_tests: Object.fromEntries(
        Object.entries(analysis.paired_tests).filter(([pair]) => pair.split(' vs ').every(isChosen)),
      ),
      ...{ fig2: inside(analysis.fig2), table5: inside(analysis.table5), fig4: inside(analysis.fig4) },
    },
  };
}
