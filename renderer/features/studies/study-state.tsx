import type { StudyState as State } from '../../../main/contract/api/studies.ts';

const marks: Record<State, React.ReactNode> = {
  new: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 2" />,
  waiting: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  working: <path d="M3 1.5 10.5 6 3 10.5Z" fill="currentColor" />,
  partial: (
    <>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.5a4.5 4.5 0 0 0 0 9Z" fill="currentColor" />
    </>
  ),
  failed: <path d="M2.5 2.5l7 7M9.5 2.5l-7 7" stroke="currentColor" strokeWidth="2" />,
  done: <path d="M2 6.5 5 9.5 10.5 3" fill="none" stroke="currentColor" strokeWidth="2" />,
};

export function StudyStateMark({ state }: { state: State }) {
  return (
    <span className="study-state" data-state={state}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {marks[state]}
      </svg>
      {stateWords[state]}
    </span>
  );
}

const stateWords: Record<State, string> = {
  new: 'Not started',
  working: 'Running',
  waiting: 'Queued',
  partial: 'Partly done',
  failed: 'Failed',
  done: 'Done',
};
