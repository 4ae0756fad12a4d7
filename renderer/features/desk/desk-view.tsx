import { useEffect, useState } from 'react';
import type { DeskPort } from './desk-port.ts';
import { Consent, Ended, Instructions, Sheet } from './intro.tsx';
import { enterFullScreen, useAttentionLog, useOtherWindows } from './kiosk.ts';
import { Labeling } from './labeling.tsx';
import { Leave } from './leave.tsx';
import { type Desk, useDesk } from './use-desk.ts';
import './desk.css';

export interface DeskViewProps {
  port: DeskPort;
  /** Where the researcher goes from here; absent: there is no way out (a kit). */
  onLeave?: () => void;
  /** Whether an error says that there is no such session, e.g. after a withdrawal: then nothing is left to be kept in. */
  isGone?: (error: unknown) => boolean;
  /** To where somebody else says who they are; absent: this page is for one person. */
  onOther?: () => void;
}

/** Milliseconds of loading after which the way out is there. */
const loadsLong = 4000;

/** A labeling session as a volunteer sees it. It speaks to them alone; details of faults are for the researcher. */
export function DeskView({ port, onLeave, isGone, onOther }: DeskViewProps) {
  const state = useDesk(port);
  const desk = state.kind === 'open' ? state.desk : null;
  const mayGo = state.kind === 'failed' && isGone?.(state.error) === true;
  const sitting = desk?.hasBegun ? desk.sitting : null;
  useAttentionLog(sitting);
  const [isHeld, setHeld] = useState(false);
  const hasOthers = useOtherWindows(port.session, sitting);
  const isSlow = useLasts(state.kind === 'loading', loadsLong);
  return (
    <main className="desk">
      {state.kind === 'loading' && <p className="desk-wait">One moment …</p>}
      {state.kind === 'failed' && <Failed error={state.error} onBack={mayGo ? onLeave : undefined} />}
      {desk && (
        <div className="desk-stages" inert={isHeld}>
          <Stages desk={{ ...desk, hasOthers, isHeld }} onOther={onOther} />
        </div>
      )}
      {hasOthers && !desk?.troubled && (
        <div className="desk-trouble" role="alert">
          <strong>This session is open in another window.</strong> Please close one of the two, and go on in the other.
        </div>
      )}
      {desk?.troubled && (
        <div className="desk-trouble" role="alert">
          <strong>Please stop and call the researcher.</strong> Your last answer is not saved yet; all others are safe.
        </div>
      )}
      {(state.kind !== 'loading' || isSlow) && onLeave && !mayGo && (
        <Leave {...{ port, sitting, onLeave }} hasPin={desk?.view.hasPin ?? null} isOpen={isHeld} onOpen={setHeld} />
      )}
    </main>
  );
}

/** Whether something has been so for that many milliseconds. */
function useLasts(isSo: boolean, milliseconds: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!isSo) return undefined;
    const timer = setTimeout(() => setLasts(true), milliseconds);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [isSo, milliseconds]);
  return lasts;
}

/** @param onBack absent: only the researcher goes on from here, by what asks for the PIN */
function Failed({ error, onBack }: { error: unknown; onBack: (() => void) | undefined }) {
  return (
    <Sheet title="Please call the researcher">
      <p className="desk-text">This session cannot be opened here. Answers that were given are safe.</p>
      <p className="desk-detail">{error instanceof Error ? error.message : String(error)}</p>
      <div className="desk-buttons">
        <button type="button" onClick={onBack ?? (() => window.location.reload())}>
          {onBack ? 'Back to the workbench' : 'Try again'}
        </button>
      </div>
    </Sheet>
  );
}

function Stages({ desk, onOther }: { desk: Desk; onOther: (() => void) | undefined }) {
  const [begun, setBegun] = useState(false);
  const { state, consent, consented } = desk.view;
  if (state === 'finished' || state === 'time-up' || state === 'declined') return <Ended how={state} />;
  if (consent !== null && !consented) return <Consent {...{ desk, onOther }} />;
  if (!begun) {
    return (
      <Instructions
        {...{ desk, onOther }}
        onBegin={() => {
          enterFullScreen();
          setBegun(true);
        }}
      />
    );
  }
  return <Labeling desk={desk} />;
}
