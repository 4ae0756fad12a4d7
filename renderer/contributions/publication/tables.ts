import { escapeFormula, type ExportTable } from '../../ui/export/index.ts';

/** Adds a column that marks each row's labels as simulated. */
export const markRehearsal = ({ columns, rows }: ExportTable): ExportTable => ({
  columns: [...columns, 'Rehearsal'],
  rows: rows.map((cells) => [...cells, 'simulated labels']),
});

/** Tab-separated text for pasting into a spreadsheet; tabs and line breaks within cells become spaces. */
export function toTabSeparated({ columns, rows }: ExportTable): string {
  return [columns, ...rows]
    .map((cells) => cells.map((cell) => escapeFormula(cell).replace(/\s+/g, ' ')).join('\t'))
    .join('\n');
}
