import type { ReportData } from './report-data.ts';

/**
 * The same report about some targets only; null: all. Numbers of a target do not depend on others. Recipes stay as they
 * were run, but are of these targets only, so that nothing is said to be missing that was not asked for.
 */
export function narrowed(data: ReportData, targets: readonly number[] | null): ReportData {
  if (targets === null) return data;
  const isChosen = (target: number): boolean => targets.includes(target);
  return {
    ...data,
    recipes: data.recipes.map((of) => ({ ...of, targets: of.targets.filter(isChosen) })),
    models: data.models.filter(({ target }) => isChosen(target)),
    missed: data.missed.filter(({ target }) => isChosen(target)),
    predictions: data.predictions.filter(({ target }) => isChosen(target)),
    comparisons: data.comparisons.filter(({ first, second }) => isChosen(first) && isChosen(second)),
    analysis: data.analysis && narrowedAnalysis(data.analysis, isChosen),
  };
}

function narrowedAnalysis(
  analysis: NonNullable<ReportData['analysis']>,
  isChosen: (target: number) => boolean,
): ReportData['analysis'] {
  const chosen = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([target]) => isChosen(Number(target))));
  const inside = <T>(record: Readonly<Record<string, Record<string, T>>>): Record<string, Record<string, T>> =>
    Object.fromEntries(
      Object.entries(record)
        .map(([architecture, of]) => [architecture, chosen(of)] as const)
        .filter(([, of]) => Object.keys(of).length > 0),
    );
  const pairs = Object.entries(analysis.paired_tests);
  return {
    ...analysis,
    diverse: chosen(analysis.diverse),
    paired_tests: Object.fromEntries(pairs.filter(([pair]) => pair.split(' vs ').map(Number).every(isChosen))),
    ...{ fig2: inside(analysis.fig2), table5: inside(analysis.table5), fig4: inside(analysis.fig4) },
  };
}
