import { definePageParts } from '../define.ts';
import { ExportMenu } from './export-menu.tsx';

export const publication = definePageParts({ name: 'publication', parts: { 'export.menu': ExportMenu } });
