import { useEffect, useState } from 'react';
import type { AppInfo, CallAnswer, StudySummary, Workbench } from '../../../main/contract/calls.ts';
import { answerOf } from '../../client/connect.ts';

export interface Overview {
  readonly studies: CallAnswer<StudySummary[]>;
  readonly info: CallAnswer<AppInfo>;
}

const refreshMs = 3000;

/** What the workbench says now, asked again every few seconds while the page is seen; undefined until the first answer. */
export function useOverview(workbench: Workbench): Overview | undefined {
  const [overview, setOverview] = useState<Overview>();

  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      clearTimeout(timer);
      const [studies, info] = await Promise.all([
        answerOf(workbench.call('studies.list', {})),
        answerOf(workbench.call('app.info', {})),
      ]);
      if (left) return;
      setOverview({ studies, info });
      clearTimeout(timer);
      timer = setTimeout(askIfSeen, refreshMs);
    };
    const askIfSeen = () => {
      if (document.visibilityState === 'visible') void ask();
    };
    document.addEventListener('visibilitychange', askIfSeen);
    void ask();
    return () => {
      left = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', askIfSeen);
    };
  }, [workbench]);

  return overview;
}
