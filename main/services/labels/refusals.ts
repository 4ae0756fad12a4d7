import { UserError } from '../../contract/wire/errors.ts';

/** A refusal of labeling, by the rest of its code. */
export const refusal = (code: string, what: string, where: string, remedy: string): UserError =>
  new UserError(`labeling.${code}`, what, where, remedy);

export const refusals = {
  noStimuli: (study: string) =>
    refusal('no-stimuli', 'The study has no frozen stimuli yet', `study ${study}`, 'Freeze its stimuli first.'),
  noSession: (which: string) =>
    refusal(
      'no-session',
      'There is no such labeling session',
      which,
      'Use the address or file of a session in the list. The session may have been withdrawn.',
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
  table: (what: string, where: string, remedy: string) => refusal('table', what, where, remedy),
  mixed: (study: string) =>
    refusal(
      'table',
      'Simulated labelers cannot join the people of a study',
      `study ${study}`,
      'Import them into a study that people have not labeled.',
    ),
};
