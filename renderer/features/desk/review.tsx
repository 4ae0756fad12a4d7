import { useState } from 'react';
import { Sheet } from './intro.tsx';
import { openTrials } from './trial-path.ts';
import type { Desk } from './use-desk.ts';

/** The way to the review before the end is reached: where one may stop without an answer to the last image. */
export function ReviewButton({ onReview }: { onReview: () => void }) {
  return (
    <button type="button" className="desk-review" onClick={onReview}>
      Review
    </button>
  );
}

/** Before the end: what has no answer yet, and the way back to it. */
export function Review({ desk, onTrial }: { desk: Desk; onTrial: (trial: number) => void }) {
  const [failed, setFailed] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [isSure, setSure] = useState(false);
  const open = openTrials(desk);
  const late = desk.answers.filter((answer, trial) => answer === null && desk.timedOut.has(trial)).length;
  const canGoBack = desk.view.mode === 'grid';
  const finish = (): void => {
    // Nobody ends half a session with one press.
    if (open.length > 0 && !isSure) return setSure(true);
    setFailed(false);
    // Nobody goes back to answer what would come after the end either.
    setBusy(true);
    const goOn = (hasEnded: boolean): void => {
      if (hasEnded) return;
      setBusy(false);
      // What is open now is more than was agreed to.
      setSure(false);
    };
    desk.finish(open.length).then(goOn, () => {
      setFailed(true);
      setBusy(false);
    });
  };
  return (
    <Sheet title={open.length === 0 ? 'Nearly done' : 'Some are open'}>
      <p className="desk-text">
        {late > 0 && `For ${late === 1 ? '1 image' : `${late} images`} the time was up; that does not matter. `}
        {open.length === 0
          ? `Every ${late > 0 ? 'other ' : ''}image has an answer.`
          : `${open.length} ${open.length === 1 ? 'image has' : 'images have'} no answer.`}
      </p>
      {isSure && (
        <p className="desk-text" role="status">
          You will not be able to answer {open.length === 1 ? 'it' : 'them'} later. Finish?
        </p>
      )}
      {failed && <p role="alert">Please call the researcher; your answers are safe.</p>}
      <div className="desk-buttons">
        {open[0] !== undefined && (
          <button type="button" className="desk-main-button" disabled={isBusy} onClick={() => onTrial(open[0] ?? 0)}>
            Answer {open.length === 1 ? 'it' : 'them'}
          </button>
        )}
        {open.length === 0 && canGoBack && (
          <button type="button" disabled={isBusy} onClick={() => onTrial(0)}>
            Look at them again
          </button>
        )}
        <button
          type="button"
          className={open.length === 0 ? 'desk-main-button' : ''}
          disabled={isBusy}
          onClick={finish}
        >
          {open.length === 0 || isSure ? 'Finish' : `Finish without ${open.length === 1 ? 'it' : 'them'}`}
        </button>
      </div>
    </Sheet>
  );
}
