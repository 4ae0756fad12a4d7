export { ExportMenu } from './export-menu.tsx';
export type { Pen } from './svg-pen.ts';
