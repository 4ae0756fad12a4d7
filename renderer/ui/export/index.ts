export { escapeFormula, toCsv, type ExportTable } from './csv.ts';
export type { Painting, Pen, Savable } from './savable.ts';
