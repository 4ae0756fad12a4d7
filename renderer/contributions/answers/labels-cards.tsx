import type { Places } from '../../ui/places/index.ts';
import './answers.css';
import { ExportLabels } from './export-labels.tsx';
import { ImportTable } from './import-table.tsx';
import { PanelsCard } from './panels-card.tsx';

/** Exports, imports, and the answers that figures use. */
export const LabelsCards = ({ study, names, named }: Places['labeling.files']) => (
  <>
    <ExportLabels study={study} named={named} />
    <PanelsCard study={study} />
    <ImportTable study={study} names={names} />
  </>
);
