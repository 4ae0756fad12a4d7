export { AlonePage, Sheet } from './alone.tsx';
export { CallButton, LinkButton, TextButton, type Call } from './buttons.tsx';
export { Confirm, DangerButton, DialogButtons, DialogFoot } from './confirm.tsx';
export { JobProgress, JobStatus, WorkProgress, isActive, useJob, useStudyJob } from './job-progress.tsx';
export { later } from './later.tsx';
export { PartScreen } from './part-screen.tsx';
export {
  Card,
  Empty,
  ErrorNotice,
  Fact,
  Failing,
  HelpNote,
  Loading,
  LoadingLine,
  QueryState,
  ScreenError,
  useActionError,
  type ActionError,
} from './states.tsx';
export { showRefusal, showToast, showUndoToast } from './toasts.tsx';
export { whyPaused } from './training-words.ts';
export { useWindowDrop } from './window-drop.ts';
export { WithdrawSteps } from './withdraw-steps.tsx';
