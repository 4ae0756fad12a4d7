export { table2, table3, table4 } from './paper-tables.ts';
export type { ReportAppendix, ReportedPart } from './report-data.ts';
export { figure, groupTitles, inOwnForm, onPage, table, type ImageColumn } from './result-lists.ts';
export { sum, type Titled, type Whose } from './softmax-figures.ts';
export { largestSoftmax, oneValue } from './softmax.ts';
export { ofConfidence, titled } from './study-figures.ts';
export { exactMean } from './types-at.ts';
export { pairsColumn } from './agreement.ts';
