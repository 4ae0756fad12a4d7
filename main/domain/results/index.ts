export { absenceText, type AbsenceReason } from './absences.ts';
export { claimText, drawnText, sampleSizeText } from './claims.ts';
export { columnName, isQuantity, quantityAt } from './exhibits.ts';
export { architectureStyle, figureReasons } from './figures.ts';
export { answersAmount, kindNames, labelersText, whyNotOfKind } from './response-kinds.ts';
