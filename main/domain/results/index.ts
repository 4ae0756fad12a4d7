export { claimText, drawnText, sampleSizeText } from './claims.ts';
export { columnName, isQuantity, quantityAt } from './exhibits.ts';
export { architectureStyle, figureReasons } from './figures.ts';
export {
  hasPeopleAndModels,
  isPersonName,
  isToolboxTable,
  modelsAmong,
  nameOfImage,
  partsOfName,
  toolboxColumns,
} from './model-vs-human.ts';
export { amountOf, checkAnswers } from './panel-answers.ts';
export { kindNames, labelersText, orderDoubt, panelAmount, setAside, whyNotOfKind } from './response-kinds.ts';
