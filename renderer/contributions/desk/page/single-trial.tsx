import { useCallback, useLayoutEffect, useMemo, useState } from 'react';
import { useKeys, useTypedKeys } from './answer-keys.ts';
import { Choices, KeysHelp, layoutFor, shownSize, TrialImage } from './trial-image.tsx';
import { ReviewButton } from './review.tsx';
import { afterPaint } from './screen-size.tsx';
import { Sitting } from './sitting.ts';
import type { Desk } from './use-desk.ts';
import { type Act, useAnswerPath } from './trial-path.ts';
import { trialAfter, useTimeLimit } from './time-limits.ts';
import { detach } from '../../../../main/contract/wire/index.ts';

interface SingleTrialProps {
  desk: Desk;
  trial: number;
  act: Act;
  /** Null: not yet. */
  onReview: (() => void) | null;
}

/** One image at a time: a cross, the image, a key. Response times count from the frame that showed the image. */
export function SingleTrial({ desk, trial, act, onReview }: SingleTrialProps) {
  const { view, answers } = desk;
  const isFixating = useFixation(trial, view.fixationMs);
  const { isShown, shownMs, onDrawn } = useOnset(trial, desk.isHeld);
  const path = useAnswerPath();
  // Also forgets a first key that was pressed before the image appeared.
  const { typed, wrong, press, clear } = useTypedKeys(`${trial} ${isShown}`);
  const isInTime = useTimeLimit(desk, trial, isShown, () => {
    const since = shownMs() ?? Sitting.now();
    detach(act(() => desk.timeOut(trial, since), trialAfter(desk, trial)));
  });
  const choose = useCallback(
    (choice: number, atMs: number) => {
      // A key pressed before the image appeared does not count.
      const since = shownMs();
      if (since === null || atMs < since || desk.timedOut.has(trial) || !isInTime(atMs)) return;
      const next = trialAfter(desk, trial);
      detach(act(() => desk.answer(trial, choice, since, atMs).then(() => path.add(trial, next)), next));
    },
    [act, desk, path, trial, shownMs, isInTime],
  );
  const takeBack = useCallback(() => {
    const before = path.before(trial);
    if (before < 0 || answers[before] === null) return;
    detach(act(() => desk.undo(before, Sitting.now()).then(path.back), before));
  }, [act, answers, desk, path, trial]);
  const onKey = useCallback(
    (event: KeyboardEvent): boolean => {
      if (event.repeat) return false;
      const choice = press(view.options, event);
      if (choice !== undefined) {
        if (choice !== null) choose(choice, event.timeStamp);
      } else if (event.key === 'Backspace') {
        if (!clear()) takeBack();
      } else return false;
      return true;
    },
    [view.options, press, clear, choose, takeBack],
  );
  useKeys(desk.isHeld, onKey);
  return (
    <div className="desk-single" data-answers={layoutFor(view.options)}>
      <p className="desk-question">{view.question}</p>
      <div className="desk-stage" style={{ minHeight: `max(var(--stage), ${shownSize(view).height}px)` }}>
        {isFixating ? (
          <span className="desk-cross" aria-hidden>
            +
          </span>
        ) : (
          <TrialImage desk={desk} trial={trial} label={`Image ${trial + 1}`} onDrawn={onDrawn} />
        )}
      </div>
      <Choices
        options={view.options}
        typed={typed}
        chosen={answers[trial] ?? null}
        onChoose={choose}
        disabled={!isShown}
      />
      <KeysHelp typed={typed} wrong={wrong} otherwise="Backspace: take your last answer back." />
      {onReview && <ReviewButton onReview={onReview} />}
    </div>
  );
}

/** One presentation of a trial, which may be shown again. */
interface Visit {
  readonly trial: number;
  readonly isHeld: boolean;
  shownMs: number | null;
}

interface Onset {
  isShown: boolean;
  /** Time in milliseconds of the frame that showed the image; null: not shown yet. */
  shownMs(): number | null;
  /** To be called once the image is in the page. */
  onDrawn(): void;
}

/**
 * Measures when the image of a trial was first painted, and again after the page was held, which hides it. A late frame
 * of an earlier visit does not count for this one.
 */
function useOnset(trial: number, isHeld: boolean): Onset {
  const visit = useMemo((): Visit => ({ trial, isHeld, shownMs: null }), [trial, isHeld]);
  const [shown, setShown] = useState<Visit | null>(null);
  const onDrawn = useCallback(() => {
    detach(
      afterPaint().then((at) => {
        visit.shownMs ??= at;
        setShown(visit);
      }),
    );
  }, [visit]);
  return { isShown: shown === visit, shownMs: useCallback(() => visit.shownMs, [visit]), onDrawn };
}

/** True for the first `milliseconds` of a trial. */
function useFixation(trial: number, milliseconds: number): boolean {
  const [over, setOver] = useState<number | null>(null);
  useLayoutEffect(() => {
    const timer = setTimeout(() => setOver(trial), milliseconds);
    return () => {
      clearTimeout(timer);
      // A trial that is returned to begins anew.
      setOver(null);
    };
  }, [trial, milliseconds]);
  return milliseconds > 0 && over !== trial;
}
