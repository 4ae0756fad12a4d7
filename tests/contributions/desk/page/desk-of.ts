import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import type { DeskPort } from '../../../../renderer/contributions/desk/page/desk-port.ts';
import { Sitting } from '../../../../renderer/contributions/desk/page/sitting.ts';
import { type Desk, TrialImages } from '../../../../renderer/contributions/desk/page/use-desk.ts';
import { viewOf } from './view-of.ts';

const never = (): Promise<never> => new Promise(() => undefined);

/** A port that answers nothing, except what `parts` answers. */
export const portOf = (parts: Partial<DeskPort> = {}): DeskPort => ({
  session: 't',
  open: never,
  images: never,
  consent: never,
  addEvents: never,
  addNotes: never,
  finish: never,
  timeUp: never,
  checkPin: never,
  ...parts,
});

/** A page of a session before anything is done on it. */
export function deskOf(change: Partial<VolunteerView> = {}, parts: Partial<Desk> = {}): Desk {
  const view = viewOf(change);
  const port = portOf();
  return {
    view,
    answers: view.answers,
    timedOut: new Set(view.timedOut),
    focusMs: new Map(),
    undoneMs: new Map(),
    images: new TrialImages(port, view.trials, view.image, () => undefined),
    sitting: new Sitting(port, () => undefined),
    hasBegun: true,
    hasOtherWindows: false,
    isHeld: false,
    troubled: false,
    lacksImages: false,
    answer: never,
    undo: never,
    timeOut: never,
    consent: never,
    finish: never,
    timeUp: never,
    ...parts,
  };
}
