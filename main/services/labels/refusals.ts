import { UserError } from '../../contract/errors.ts';
import type { SessionUse } from '../../storage/index.ts';

/** A refusal of labeling, by the rest of its code. */
export const refusal = (code: string, what: string, where: string, remedy: string): UserError =>
  new UserError(`labeling.${code}`, what, where, remedy);

const used: Record<SessionUse, string> = {
  sitting: 'This session was opened already and may contain answers',
  kit: 'This session has a kit, whose result file may still arrive',
  paper: 'Paper answers of this session were entered already',
};

export const refusals = {
  noStimuli: (study: string) =>
    refusal('no-stimuli', 'The study has no frozen stimuli yet', `study ${study}`, 'Freeze its stimuli first.'),
  noPlan: (study: string) =>
    refusal('no-plan', 'There is no labeling plan yet', `study ${study}`, 'Save a plan first.'),
  noSession: (which: string) =>
    refusal(
      'no-session',
      'There is no such labeling session',
      which,
      'Use the address or file of a session in the list. The session may have been withdrawn.',
    ),
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
  locked: (study: string) =>
    refusal('locked', 'The labels of this study are locked', study, 'Unlock the labels first. Reports will show this.'),
  lockedElsewhere: (study: string) =>
    refusal(
      'locked',
      'These labels also count in another study whose labels are locked',
      study,
      'Unlock the labels there first. Its reports will show this.',
    ),
  notLocked: (study: string) =>
    refusal('not-locked', 'The labels of this study are not locked', study, 'Nothing needs to be done.'),
  active: (count: number) =>
    refusal(
      'active',
      `${count === 1 ? 'One session is' : `${count} sessions are`} still in progress`,
      'labeling sessions',
      'Wait until they end, or exclude them with a reason.',
    ),
  nothingToLock: (study: string) =>
    refusal(
      'nothing-to-lock',
      'There are no labels of people yet',
      study,
      'Lock the labels after somebody has finished, or after you import a table.',
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
  table: (what: string, where: string, remedy: string) => refusal('table', what, where, remedy),
  mixed: (study: string) =>
    refusal(
      'table',
      'Simulated labelers cannot join the people of a study',
      `study ${study}`,
      'Import them into a study that people have not labeled.',
    ),
};
