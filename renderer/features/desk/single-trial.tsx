import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Choices, choiceOfKey } from './choices.tsx';
import { afterPaint } from './screen-measure.ts';
import { Sitting } from './sitting.ts';
import { TrialImage } from './trial-image.tsx';
import type { Desk } from './use-desk.ts';
import { useOneAtATime } from './use-one-at-a-time.ts';
import { trialAfter, useTimeLimit } from './use-time-limit.ts';

export interface SingleTrialProps {
  desk: Desk;
  trial: number;
  onTrial: (trial: number) => void;
}

/** One image at a time: a cross, the image, a key. The time of an answer counts from the frame that showed the image. */
export function SingleTrial({ desk, trial, onTrial }: SingleTrialProps) {
  const { view, answers } = desk;
  const isFixating = useFixation(trial, view.fixationMs);
  const shown = useRef<number | null>(null);
  const [isShown, setShown] = useState(false);
  const [last, setLast] = useState(trial);
  if (last !== trial) {
    setLast(trial);
    setShown(false);
    shown.current = null;
  }
  const onDrawn = useCallback(() => {
    void afterPaint().then((at) => {
      shown.current ??= at;
      setShown(true);
    });
  }, []);
  const act = useOneAtATime(onTrial);
  const choose = useCallback(
    (choice: number, atMs: number) => {
      // A key before the image is no answer to it.
      if (shown.current === null || atMs < shown.current || desk.timedOut.has(trial)) return;
      const shownMs = shown.current;
      void act(() => desk.answer(trial, choice, shownMs, atMs), trialAfter(desk, trial));
    },
    [act, desk, trial],
  );
  const takeBack = useCallback(() => {
    if (trial === 0 || answers[trial - 1] === null) return;
    void act(() => desk.undo(trial - 1, Sitting.now()), trial - 1);
  }, [act, answers, desk, trial]);
  useTimeLimit(desk, trial, isShown, () => {
    const shownMs = shown.current ?? Sitting.now();
    void act(() => desk.timeOut(trial, shownMs), trialAfter(desk, trial));
  });
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.repeat) return;
      const choice = choiceOfKey(view.options, event);
      if (event.key === 'Backspace') takeBack();
      else if (choice !== undefined) choose(choice, event.timeStamp);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [view.options, choose, takeBack]);
  return (
    <div className="desk-single">
      <p className="desk-question">{view.question}</p>
      <div className="desk-stage">
        {isFixating ? (
          <span className="desk-cross" aria-hidden>
            +
          </span>
        ) : (
          <TrialImage desk={desk} trial={trial} label={`Image ${trial + 1}`} onDrawn={onDrawn} />
        )}
      </div>
      <Choices options={view.options} chosen={answers[trial] ?? null} onChoose={choose} disabled={!isShown} />
      <p className="desk-help">Backspace takes the last answer back.</p>
    </div>
  );
}

/** True for so many milliseconds from the moment that a trial begins. */
function useFixation(trial: number, milliseconds: number): boolean {
  const [over, setOver] = useState<number | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setOver(trial), milliseconds);
    return () => clearTimeout(timer);
  }, [trial, milliseconds]);
  return milliseconds > 0 && over !== trial;
}
