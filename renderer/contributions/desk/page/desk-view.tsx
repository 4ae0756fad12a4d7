import { detach, messageOf } from '../../../../main/contract/wire/index.ts';
import { useEffect, useState } from 'react';
import type { DeskPort } from './desk-port.ts';
import { Sheet } from '../../../ui/parts/index.ts';
import { Consent, Ended, Instructions } from './intro.tsx';
import { enterFullScreen, useAttentionLog, useOtherWindows } from './kiosk.ts';
import { Labeling } from './labeling.tsx';
import { Leave } from './leave.tsx';
import { type Desk, useDesk } from './use-desk.ts';
import './desk.css';
import './answers.css';

interface DeskViewProps {
  port: DeskPort;
  /** Takes the researcher out of the page; absent: there is no way out (a kit). */
  onLeave?: (study: string | null) => Promise<void>;
  /** Whether an error means that the session does not exist, and the browser was not limited to it: anyone may leave. */
  isMissing?: (error: unknown) => boolean;
  /** Lets another person enter their code; absent: this page is for one person. */
  onOther?: () => void;
  /** The program does not answer. */
  isLost?: boolean;
}

/** Milliseconds of loading after which the researcher can leave. */
const slowLoading = 4000;

export function DeskView({ port, onLeave, isMissing, onOther, isLost = false }: DeskViewProps) {
  const state = useDesk(port);
  const desk = state.kind === 'open' ? state.desk : null;
  const mayGo = state.kind === 'failed' && isMissing?.(state.error) === true;
  const sitting = desk?.hasBegun ? desk.sitting : null;
  useAttentionLog(sitting);
  const [isHeld, setHeld] = useState(false);
  const hasOtherWindows = useOtherWindows(port.session, sitting);
  const isSlow = useDelayedTrue(state.kind === 'loading', slowLoading);
  return (
    <main className="alone desk">
      {state.kind === 'loading' && <p className="desk-wait">One moment …</p>}
      {state.kind === 'failed' && (
        <Failed error={state.error} onBack={mayGo && onLeave ? () => detach(onLeave(null)) : undefined} />
      )}
      {desk && (
        <div className="desk-stages" inert={isHeld}>
          <Stages desk={{ ...desk, hasOtherWindows, isHeld }} isKit={onLeave === undefined} onOther={onOther} />
        </div>
      )}
      {hasOtherWindows && !desk?.troubled && (
        <div className="desk-trouble" role="alert">
          <strong>This page is open in another window.</strong> Please close one of the two.
        </div>
      )}
      {desk?.troubled && (
        <div className="desk-trouble" role="alert">
          <strong>Please stop and call the researcher.</strong> Your last answer is not saved yet. All other answers are
          safe.
          {isLost && (
            <small>
              For the researcher: if the program was closed or started again, open the address that it prints, and
              continue this session from its list.
            </small>
          )}
        </div>
      )}
      {desk?.lacksImages && !desk.troubled && (
        <div className="desk-trouble" role="alert">
          <strong>Please call the researcher.</strong> Your answers are safe.
        </div>
      )}
      {(state.kind !== 'loading' || isSlow) && onLeave && !mayGo && (
        <Leave
          port={port}
          sitting={sitting}
          onLeave={onLeave}
          hasPin={desk?.view.hasPin ?? null}
          isOpen={isHeld}
          onOpen={setHeld}
        />
      )}
    </main>
  );
}

/** True once `value` has been true for that many milliseconds without a break. */
function useDelayedTrue(value: boolean, milliseconds: number): boolean {
  const [isDelayed, setDelayed] = useState(false);
  useEffect(() => {
    if (!value) return undefined;
    const timer = setTimeout(() => setDelayed(true), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return isDelayed;
}

/** @param onBack absent: only the researcher can leave, with the PIN */
function Failed({ error, onBack }: { error: unknown; onBack: (() => void) | undefined }) {
  return (
    <Sheet title="Please call the researcher">
      <p className="alone-text">This page cannot be opened. Your answers are safe.</p>
      <p className="desk-detail">{messageOf(error)}</p>
      <div className="desk-buttons">
        <button type="button" onClick={onBack ?? (() => window.location.reload())}>
          {onBack ? 'Back to the workbench' : 'Try again'}
        </button>
      </div>
    </Sheet>
  );
}

interface StagesProps {
  desk: Desk;
  isKit: boolean;
  onOther: (() => void) | undefined;
}

function Stages({ desk, isKit, onOther }: StagesProps) {
  const [begun, setBegun] = useState(false);
  const { state, consent, consented } = desk.view;
  if (state === 'finished' || state === 'time-up' || state === 'declined') return <Ended how={state} isKit={isKit} />;
  if (consent !== null && !consented) return <Consent desk={desk} onOther={onOther} />;
  if (!begun) {
    return (
      <Instructions
        desk={desk}
        onOther={onOther}
        onBegin={() => {
          enterFullScreen();
          setBegun(true);
        }}
      />
    );
  }
  return <Labeling desk={desk} />;
}
