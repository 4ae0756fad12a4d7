import { useState } from 'react';
import { Sheet } from '../../../ui/parts/index.ts';
import { unansweredTrials } from './trial-path.ts';
import type { Desk } from './use-desk.ts';

/** Opens the review before the last image, so that a person can stop early. */
export function ReviewButton({ onReview }: { onReview: () => void }) {
  return (
    <button type="button" className="desk-review" onClick={onReview}>
      Check answers
    </button>
  );
}

interface ReviewProps {
  desk: Pick<Desk, 'view' | 'answers' | 'timedOut' | 'finish'>;
  onTrial: (trial: number) => void;
}

/** The page before the end: how many images have no answer, and the way back to them. */
export function Review({ desk, onTrial }: ReviewProps) {
  const [failed, setFailed] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [isSure, setSure] = useState(false);
  const open = unansweredTrials(desk);
  const late = desk.answers.filter((answer, trial) => answer === null && desk.timedOut.has(trial)).length;
  const canGoBack = desk.view.mode === 'grid';
  const finish = (): void => {
    // One press must not end half a session.
    if (open.length > 0 && !isSure) return setSure(true);
    setFailed(false);
    // Answers given after the end would be refused.
    setBusy(true);
    const afterFinish = (hasEnded: boolean): void => {
      if (hasEnded) return;
      setBusy(false);
      // An answer was taken back meanwhile, so ask again.
      setSure(false);
    };
    desk.finish(open.length).then(afterFinish, () => {
      setFailed(true);
      setBusy(false);
    });
  };
  return (
    <Sheet title={open.length === 0 ? 'Almost done' : 'Unanswered images'}>
      <p className="alone-text">
        {late > 0 && `The time was up for ${late === 1 ? '1 image' : `${late} images`}. That does not matter. `}
        {open.length === 0
          ? `All ${late > 0 ? 'other ' : ''}images have an answer.`
          : `${open.length} ${open.length === 1 ? 'image has' : 'images have'} no answer.`}
      </p>
      {isSure && (
        <p className="alone-text" role="status">
          You cannot answer {open.length === 1 ? 'it' : 'them'} later. Do you want to finish?
        </p>
      )}
      {failed && <p role="alert">Please call the researcher. Your answers are safe.</p>}
      <div className="desk-buttons">
        {open[0] !== undefined && (
          <button type="button" className="desk-main-button" disabled={isBusy} onClick={() => onTrial(open[0] ?? 0)}>
            Answer {open.length === 1 ? 'it' : 'them'}
          </button>
        )}
        {open.length === 0 && canGoBack && (
          <button type="button" disabled={isBusy} onClick={() => onTrial(0)}>
            See the images again
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
