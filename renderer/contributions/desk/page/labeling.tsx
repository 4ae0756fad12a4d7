import { useCallback, useLayoutEffect, useMemo, useState } from 'react';
import { GridPage } from './grid-page.tsx';
import { Break, TimeIsUp, TimeLeft } from './intro.tsx';
import {
  type AnswerState,
  isUnanswered,
  newBreaks,
  pageIndex,
  splitIntoPages,
  type TrialPage,
  useOneActionAtATime,
} from './trial-path.ts';
import { Review } from './review.tsx';
import { SingleTrial } from './single-trial.tsx';
import type { Desk } from './use-desk.ts';
import { useSessionLimit } from './time-limits.ts';

/** All trials of a session, from the next one to the review at the end. */
export function Labeling({ desk: open }: { desk: Desk }) {
  const { desk, minutes, isOver, pause, resume } = useSessionLimit(open);
  const { view, images, sitting } = desk;
  const perPage = view.mode === 'grid' ? view.grid.columns * view.grid.rows : 1;
  const pages = useMemo(() => splitIntoPages(view.trials, view.practice, view.breaks, perPage), [view, perPage]);
  const [trial, setTrial] = useState(view.next ?? view.trials);
  const [isPause, setPause] = useState(false);
  const [isBreakDue] = useState(() => newBreaks(view, trial));
  const go = useCallback(
    (next: number) => {
      if (isBreakDue(next)) {
        setPause(true);
        sitting.note('break-began', next, pause()).catch(() => undefined);
      }
      setTrial(next);
    },
    [isBreakDue, sitting, pause],
  );
  const review = useCallback(() => setTrial(view.trials), [view.trials]);
  const page = pages[pageIndex(pages, trial)];
  // Practice comes first, so only what is over can be reviewed.
  const onReview = page?.isPractice ? null : review;
  const act = useOneActionAtATime(go, trial < view.trials && !isPause);
  useLayoutEffect(() => {
    if (trial < view.trials) images.prepare(trial, perPage * 2 + 50);
    else sitting.note('review', null).catch(() => undefined);
  }, [images, trial, perPage, view.trials, sitting]);
  if (isOver) return <TimeIsUp />;
  if (isPause) {
    return (
      <Break
        isTimed={minutes !== null}
        onContinue={() => {
          setPause(false);
          sitting.note('break-ended', trial, resume()).catch(() => undefined);
        }}
      />
    );
  }
  const time = minutes !== null && <TimeLeft minutes={minutes} />;
  if (trial >= view.trials || !page) {
    return (
      <>
        <Review desk={desk} onTrial={setTrial} />
        {time}
      </>
    );
  }
  return (
    <>
      <PracticeNote page={page} practice={view.practice} />
      {view.mode === 'grid' ? (
        <GridPage desk={desk} page={page} act={act} focus={trial} onFocus={go} onReview={onReview} />
      ) : (
        <SingleTrial desk={desk} trial={trial} act={act} onReview={onReview} />
      )}
      <Progress desk={desk} />
      {time}
    </>
  );
}

/** Says that answers do not count, and on the first page after practice that they do. */
function PracticeNote({ page, practice }: { page: TrialPage; practice: number }) {
  if (page.isPractice) return <p className="desk-practice">Practice: these answers do not count.</p>;
  if (practice === 0 || page.from !== practice) return null;
  return (
    <p className="desk-practice" role="status">
      Practice is over. Your answers count now.
    </p>
  );
}

/** How many images are answered or timed out. */
export function Progress({ desk }: { desk: AnswerState & Pick<Desk, 'view'> }) {
  const done = desk.answers.filter((_, trial) => !isUnanswered(desk, trial)).length;
  const share = desk.view.trials === 0 ? 1 : done / desk.view.trials;
  return (
    <div
      className="desk-progress"
      role="progressbar"
      aria-label="How far you are"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <div style={{ width: `${share * 100}%` }} />
    </div>
  );
}
