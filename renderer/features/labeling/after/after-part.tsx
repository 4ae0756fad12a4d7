import type { Board } from '../../../../main/contract/labeling/board.ts';
import { ExportLabels } from './export-labels.tsx';
import { ImportTable } from './import-table.tsx';
import { LockPanel } from './lock-panel.tsx';
import { OtherLabelers } from './other-labelers.tsx';
import { QualityPanel } from './quality-panel.tsx';

/** What became of it: how people did, what is left out, the lock, and labels out and in. */
export function AfterPart({ study, board }: { study: string; board: Board }) {
  const { people, simulated } = board.otherLabelers;
  return (
    <div className="labeling-column">
      <QualityPanel study={study} board={board} />
      <div className="labeling-pair">
        <LockPanel study={study} board={board} />
        <ExportLabels study={study} />
        <ImportTable study={study} names={board.stimuli?.classes ?? []} />
        {people + simulated > 0 && <OtherLabelers study={study} />}
      </div>
    </div>
  );
}
