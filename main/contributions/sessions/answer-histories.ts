import { cannotTellChoice } from '../../contract/labeling/index.ts';
import type { StoredHistories } from '../../services/workbench/index.ts';
import type { Database } from '../../storage/index.ts';
import { sessionTables } from './storage/tables.ts';

type Histories = ReturnType<StoredHistories['of']>;
type History = NonNullable<ReturnType<Histories['ofImage']>>;
type GivenAnswer = History['earlier'][number];

/** How people answered in sessions, from their log: responses are stored only when a session ends, and without times. */
export const answerHistories: StoredHistories = {
  module: 'contributions/sessions/answer-histories',
  of: (database) => ({
    unlabeled: (labelerId) => countUnlabeled(database, labelerId),
    ofImage: (labelerId, setHash, imageId) => historyOf(database, { labelerId, setHash, imageId }),
  }),
};

/** Answers to real trials that give no label: each trial's last word. */
function countUnlabeled(database: Database, labelerId: number): ReturnType<Histories['unlabeled']> {
  const { log, sessions } = sessionTables({ database });
  const session = sessions.findByLabeler(labelerId);
  if (!session) return null;
  const trials = sessions.trials(session.id);
  const isReal = (trial: number): boolean => trials[trial]?.kind === 'real';
  const unsure = log
    .latestChoices(session.id)
    .filter(({ trial, choice }) => choice === cannotTellChoice && isReal(trial));
  return { cannotTell: unsure.length, timedOut: log.timedOutTrials(session.id).filter(isReal).length };
}

/** Null without events for this image. */
function historyOf(
  database: Database,
  { labelerId, setHash, imageId }: { labelerId: number; setHash: string; imageId: number },
): History | null {
  const { log, sessions } = sessionTables({ database });
  const session = sessions.findByLabeler(labelerId);
  if (session?.setHash !== setHash) return null;
  const trial = sessions.trials(session.id).findIndex(({ image, kind }) => image === imageId && kind === 'real');
  const events = trial < 0 ? [] : log.trialEvents(session.id, trial);
  const last = events.at(-1);
  if (!last) return null;
  const answers = events.flatMap(({ kind, choice, openedAt, atMs }): GivenAnswer[] => {
    if (kind === 'undo') return [];
    const at = new Date(openedAt + atMs).toISOString();
    if (kind === 'timeout') return [{ label: null, instead: 'timeout', at }];
    if (choice === cannotTellChoice) return [{ label: null, instead: 'cannot-tell', at }];
    return [{ label: choice, instead: null, at }];
  });
  const isOpen = last.kind === 'undo';
  const now: GivenAnswer = (isOpen ? undefined : answers.at(-1)) ?? { label: null, instead: 'blank', at: null };
  const isOnPaper = last.medium === 'paper';
  return {
    ...now,
    // Times of answers on paper are those of typing them in.
    how: isOnPaper ? 'entered' : 'given',
    responseMs: last.kind === 'answer' && !isOnPaper ? last.atMs - last.shownMs : null,
    earlier: isOpen ? answers : answers.slice(0, -1),
  };
}
