import { refusal } from '../../services/labels/index.ts';
import type { SessionUse } from './storage/sessions.ts';

const used: Record<SessionUse, string> = {
  sitting: 'This session was opened already and may contain answers',
  kit: 'This session has a kit, whose result file may still arrive',
  paper: 'Paper answers of this session were entered already',
};

/** Refusals of plans, of sessions and of what their pages send. */
export const deskRefusals = {
  noPlan: (study: string) =>
    refusal('no-plan', 'There is no labeling plan yet', `study ${study}`, 'Save a plan first.'),
  names: (given: number, wanted: number) =>
    refusal(
      'names',
      `The plan names ${given} different answers, but the stimuli have ${wanted} classes`,
      'the names of the classes',
      `Give ${wanted} different names, in the order of the classes.`,
    ),
  keys: (problem: string) =>
    refusal(
      'keys',
      'The keys of the answers cannot be used',
      problem,
      'Give each answer its own key. All have one key, or all have two.',
    ),
  closed: (pseudonym: string) =>
    refusal('closed', 'This session has ended', pseudonym, 'The researcher can open it again.'),
  timeRemains: () =>
    refusal('time-left', 'The time of this session is not up yet', 'the session', 'Continue the session.'),
  notFinished: (pseudonym: string) =>
    refusal('not-finished', 'This session has not ended', pseudonym, 'Continue the session.'),
  begun: (pseudonym: string, use: SessionUse) =>
    refusal('begun', used[use], pseudonym, 'Exclude it with a reason, or withdraw the person.'),
  unfinished: (count: number) =>
    refusal(
      'unfinished',
      `${count} ${count === 1 ? 'image has' : 'images have'} no answer`,
      'the review',
      'Answer them, or confirm that they stay blank.',
    ),
  noConsent: () => refusal('no-consent', 'There is no consent yet', 'the session', 'Ask for it first.'),
  tooManySittings: (pseudonym: string) =>
    refusal(
      'too-many-sittings',
      'This session was opened too often',
      pseudonym,
      'Exclude it with a reason, and create a new session.',
    ),
  noSitting: () =>
    refusal('no-sitting', 'This page has not opened the session', 'the session', 'Open the session again.'),
  badTrial: (trial: number) =>
    refusal('bad-trial', `There is no trial ${trial} in this session`, 'the session', 'Load the page again.'),
  unknownImage: (image: number) =>
    refusal(
      'unknown-image',
      `Image ${image} is not in the stimulus set of this session`,
      'the session',
      'Exclude or remove this session, and create a new one. If it happens again, restore a backup of the data folder.',
    ),
  badChoice: () =>
    refusal('bad-choice', 'This is not one of the answers', 'the session', 'Choose one of the answers on the screen.'),
  conflict: (seq: number) =>
    refusal(
      'event-conflict',
      `Event ${seq} was stored already with different content`,
      'the session',
      'Open the session again. Everything stored is kept.',
    ),
};
