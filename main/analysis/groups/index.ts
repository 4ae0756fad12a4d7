export { analyze, createContext, specLayout, type SpecAnalysis } from './analyze.ts';
export { Memo, hashKey, type Context } from './context.ts';
export { analyzeDiverse, type DiverseAnalysis } from './diverse.ts';
export type { HumanAnalysis } from './human-analysis.ts';
export { holm, mcnemar, signFlip } from './paired-tests.ts';
export type { GroupView } from './group-view.ts';
export type { AnalysisPart, ShownStatistic } from './analysis-part.ts';
