export { ConfusionMatrix, FrequentMistakes, confusionTable } from './confusion.tsx';
export { Output, Part } from './output.tsx';
export { PlainTable, ScrollBox, TableHead, withKeys, type PlainColumn } from './plain-table.tsx';
