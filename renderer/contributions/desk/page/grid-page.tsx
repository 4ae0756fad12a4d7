import { useCallback, useRef, useState, useSyncExternalStore } from 'react';
import { useKeys, useTypedKeys } from './answer-keys.ts';
import { Choices, KeysHelp, layoutFor, shownSize, TrialImage } from './trial-image.tsx';
import { type Act, type TrialPage, useAnswerPath } from './trial-path.ts';
import { ReviewButton } from './review.tsx';
import { Sitting } from './sitting.ts';
import type { Desk } from './use-desk.ts';
import { trialAfter, useTimeLimit } from './time-limits.ts';
import { detach } from '../../../../main/contract/wire/index.ts';

interface GridPageProps {
  desk: Desk;
  page: TrialPage;
  act: Act;
  focus: number;
  onFocus: (trial: number) => void;
  /** Null: not yet. */
  onReview: (() => void) | null;
}

/** A page of images. One is in focus and large; a key labels it and moves to the next. */
export function GridPage({ desk, page, act, focus, onFocus, onReview }: GridPageProps) {
  const { view, answers } = desk;
  const shownMs = useFocusTime(focus, desk.isHeld);
  const path = useAnswerPath();
  const isInTime = useTimeLimit(desk, focus, true, () => {
    detach(act(() => desk.timeOut(focus, shownMs.current), trialAfter(desk, focus)));
  });
  const choose = useCallback(
    (choice: number, atMs: number) => {
      if (desk.timedOut.has(focus) || !isInTime(atMs)) return;
      const next = trialAfter(desk, focus);
      detach(act(() => desk.answer(focus, choice, shownMs.current, atMs).then(() => path.add(focus, next)), next));
    },
    [act, desk, focus, path, shownMs, isInTime],
  );
  const takeBack = useCallback(() => {
    if (answers[focus] !== null) return detach(act(() => desk.undo(focus, shownMs.current), focus));
    const before = path.before(focus);
    if (before < 0) return;
    if (answers[before] === null) return onFocus(before);
    // Taking an answer back brings its image into focus now.
    detach(act(() => desk.undo(before, Sitting.now()).then(path.back), before));
  }, [act, answers, desk, focus, onFocus, path, shownMs]);
  const { typed, wrong, press, clear } = useTypedKeys(`${focus} ${desk.isHeld}`);
  const columns = columnsThatFit(view, useWindowWidth());
  useGridKeys({ desk, page, columns, focus, onFocus, press, clear, choose, takeBack });
  return (
    <div className="desk-grid-page" data-answers={layoutFor(view.options)}>
      <Cells desk={desk} page={page} columns={columns} focus={focus} onFocus={onFocus} />
      <aside className="desk-side" aria-label="The large image">
        <p className="desk-question">{view.question}</p>
        <TrialImage desk={desk} trial={focus} label="The large image" />
        <Choices
          options={view.options}
          typed={typed}
          chosen={answers[focus] ?? null}
          onChoose={choose}
          disabled={desk.timedOut.has(focus)}
        />
        <KeysHelp typed={typed} wrong={wrong} otherwise="Arrow keys: move. Backspace: take your answer back." />
        {onReview && <ReviewButton onReview={onReview} />}
      </aside>
    </div>
  );
}

/** People judge the image in focus, so it has the planned size. The others are smaller and serve for orientation. */
const otherScale = (columns: number): number => 1 / (columns >= 8 ? 3 : 2);

/** Shown in place of an answer: text for screen readers, and on screen. */
const open = { spoken: 'no answer yet', shown: '\u00a0' };
const late = { spoken: 'time is up', shown: '–' };

/** Padding and border of a cell on both sides, and the space to the next one; and what lies beside all of them (desk.css). */
const [cellFrame, gap, margins] = [22, 8, 72];

/** Columns of the plan, or as many as a narrow window shows: an image that scrolling hides is not seen. */
export function columnsThatFit(view: Desk['view'], windowWidth: number): number {
  const { columns } = view.grid;
  const cell = shownSize(view, otherScale(columns)).width + cellFrame + gap;
  return Math.min(columns, Math.max(1, Math.floor((windowWidth - margins + gap) / cell)));
}

const onResize = (listener: () => void): (() => void) => {
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
};

const useWindowWidth = (): number =>
  useSyncExternalStore(
    onResize,
    () => window.innerWidth,
    () => Number.POSITIVE_INFINITY,
  );

type CellsProps = Omit<GridPageProps, 'act' | 'onReview'> & { columns: number };

function Cells({ desk, page, columns, focus, onFocus }: CellsProps) {
  const { view, answers } = desk;
  const names = new Map(view.options.map(({ choice, name }) => [choice, name]));
  return (
    <fieldset
      className="desk-grid"
      aria-label="Images"
      style={{ gridTemplateColumns: `repeat(${columns}, max-content)` }}
    >
      {Array.from({ length: page.to - page.from }, (_, index) => {
        const trial = page.from + index;
        const answer = answers[trial] ?? null;
        const name = answer === null ? null : names.get(answer);
        const without = desk.timedOut.has(trial) ? late : open;
        return (
          <button
            key={trial}
            ref={trial === focus ? scrollToFocus : undefined}
            type="button"
            className="desk-cell"
            tabIndex={trial === focus ? 0 : -1}
            aria-current={trial === focus}
            data-answered={answer !== null || undefined}
            onClick={() => onFocus(trial)}
          >
            <TrialImage
              desk={desk}
              trial={trial}
              label={`Image ${trial + 1}, ${name ? `answer ${name}` : without.spoken}`}
              scale={otherScale(view.grid.columns)}
            />
            <span aria-hidden>{name ?? without.shown}</span>
          </button>
        );
      })}
    </fieldset>
  );
}

/** A page of images may be taller than the screen. */
const scrollToFocus = (cell: HTMLElement | null): void => cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });

/** When the trial came into focus, or became visible again after the page was held (which hides it). */
function useFocusTime(focus: number, isHeld: boolean): { readonly current: number } {
  const time = useRef(Sitting.now());
  const [last, setLast] = useState({ focus, isHeld });
  if (last.focus !== focus || last.isHeld !== isHeld) {
    setLast({ focus, isHeld });
    time.current = Sitting.now();
  }
  return time;
}

interface GridKeys extends CellsProps {
  press: ReturnType<typeof useTypedKeys>['press'];
  clear: () => boolean;
  choose: (choice: number, atMs: number) => void;
  takeBack: () => void;
}

function useGridKeys({ desk, page, columns, focus, onFocus, press, clear, choose, takeBack }: GridKeys): void {
  const { options, trials } = desk.view;
  const onKey = useCallback(
    (event: KeyboardEvent): boolean => {
      const steps: Record<string, number> = {
        ArrowLeft: -1,
        ArrowRight: 1,
        ArrowUp: -columns,
        ArrowDown: columns,
      };
      // Answers come first: the numeric pad types digits whether Num Lock is on or not.
      const choice = press(options, event);
      const step = steps[event.key];
      if (choice !== undefined) {
        if (choice !== null) choose(choice, event.timeStamp);
      } else if (step !== undefined) onFocus(Math.min(trials - 1, Math.max(0, focus + step)));
      else if (event.key === 'Backspace' && !event.repeat) {
        if (!clear()) takeBack();
      } else if (event.key === 'Home') onFocus(page.from);
      else if (event.key === 'End') onFocus(page.to - 1);
      else return false;
      return true;
    },
    [options, columns, trials, page, focus, onFocus, press, clear, choose, takeBack],
  );
  useKeys(desk.isHeld, onKey);
}
