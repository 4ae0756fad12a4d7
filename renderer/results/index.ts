export { groupText, parseGroup, parseLabelers, useOpenImages, useParameters, withParameters } from './address.ts';
export {
  defaultOther,
  designedGroups,
  groupOptions,
  groupTitle,
  groupTrend,
  useChoice,
  useOpenMark,
  useSample,
  useView,
  type DesignedGroup,
  type GroupTrend,
} from './choice.tsx';
export { ExhibitTable } from './exhibit-table.tsx';
export { ClaimNote, NotYet, QueryResult } from './notes.tsx';
export { GroupPicker, LabelersPicker } from './pickers.tsx';
export { Interval, QuantityText, ValueButton, intervalCells, intervalNames } from './quantity.tsx';
export { PartFigures, SectionTables, findTable, useTables } from './section-tables.tsx';
export { labelersText, networksText } from './unit-names.ts';
