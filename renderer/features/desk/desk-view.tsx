import { useState } from 'react';
import type { DeskPort } from './desk-port.ts';
import { Consent, Ended, Instructions, Sheet } from './intro.tsx';
import { enterFullScreen, Leave, useAttentionLog } from './kiosk.tsx';
import { Labeling } from './labeling.tsx';
import { useDesk } from './use-desk.ts';
import type { Desk } from './use-desk.ts';
import './desk.css';
import './small.css';

export interface DeskViewProps {
  port: DeskPort;
  /** Where the researcher goes from here; absent: there is no way out (a kit). */
  onLeave?: () => void;
}

/** A labeling session as a volunteer sees it. It speaks to them alone; details of faults are for the researcher. */
export function DeskView({ port, onLeave }: DeskViewProps) {
  const state = useDesk(port);
  const desk = state.kind === 'open' ? state.desk : null;
  useAttentionLog(desk?.sitting ?? null);
  return (
    <main className="desk">
      {state.kind === 'loading' && <p className="desk-wait">One moment …</p>}
      {state.kind === 'failed' && (
        <Sheet title="Please call the researcher">
          <p className="desk-text">This session cannot be opened here. Answers that were given are safe.</p>
          <p className="desk-detail">{state.error instanceof Error ? state.error.message : String(state.error)}</p>
        </Sheet>
      )}
      {desk && <Stages desk={desk} />}
      {desk?.troubled && (
        <div className="desk-trouble" role="alert">
          <strong>Please stop and call the researcher.</strong> Your last answer is not saved yet; all others are safe.
        </div>
      )}
      {desk && onLeave && <Leave port={port} sitting={desk.sitting} hasPin={desk.view.hasPin} onLeave={onLeave} />}
    </main>
  );
}

function Stages({ desk }: { desk: Desk }) {
  const [begun, setBegun] = useState(false);
  const { state, consent, consented } = desk.view;
  if (state === 'finished' || state === 'time-up' || state === 'declined') return <Ended how={state} />;
  if (consent !== null && !consented) return <Consent desk={desk} />;
  if (!begun) {
    return (
      <Instructions
        desk={desk}
        onBegin={() => {
          enterFullScreen();
          setBegun(true);
        }}
      />
    );
  }
  return <Labeling desk={desk} />;
}
