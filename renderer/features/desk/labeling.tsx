import { useCallback, useEffect, useMemo, useState } from 'react';
import { GridPage } from './grid-page.tsx';
import { Break } from './intro.tsx';
import { pageOf, pagesOf } from './pages.ts';
import { Review } from './review.tsx';
import { SingleTrial } from './single-trial.tsx';
import type { Desk } from './use-desk.ts';

/** All trials of a session, from the one to go on with to the review at the end. */
export function Labeling({ desk }: { desk: Desk }) {
  const { view, images, sitting } = desk;
  const perPage = view.mode === 'grid' ? view.grid.columns * view.grid.rows : 1;
  const pages = useMemo(() => pagesOf(view.trials, view.practice, view.breaks, perPage), [view, perPage]);
  const [trial, setTrial] = useState(view.next ?? view.trials);
  const [isPause, setPause] = useState(false);
  const go = useCallback(
    (next: number) => {
      setTrial((now) => {
        const begins = pages[pageOf(pages, next)];
        if (next === now + 1 && begins?.from === next && begins.afterBreak) {
          setPause(true);
          void sitting.note('break-began', next).catch(() => undefined);
        }
        return next;
      });
    },
    [pages, sitting],
  );
  const page = pages[pageOf(pages, trial)];
  useEffect(() => {
    if (trial < view.trials) images.prepare(trial, perPage * 2 + 50);
    else void sitting.note('review', null).catch(() => undefined);
  }, [images, trial, perPage, view.trials, sitting]);
  if (isPause) {
    return (
      <Break
        onGoOn={() => {
          setPause(false);
          void sitting.note('break-ended', trial).catch(() => undefined);
        }}
      />
    );
  }
  if (trial >= view.trials || !page) return <Review desk={desk} onTrial={setTrial} />;
  return (
    <>
      {page.isPractice && <p className="desk-practice">Practice: these answers do not count.</p>}
      {view.mode === 'grid' ? (
        <GridPage desk={desk} page={page} focus={trial} onFocus={go} />
      ) : (
        <SingleTrial desk={desk} trial={trial} onTrial={go} />
      )}
      <Progress desk={desk} />
    </>
  );
}

/** How far one is, as a thin bar without numbers. */
function Progress({ desk }: { desk: Desk }) {
  const answered = desk.answers.filter((answer) => answer !== null).length;
  const share = desk.view.trials === 0 ? 1 : answered / desk.view.trials;
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
