import { UserError } from '../../contract/errors.ts';
import type { SessionUse } from '../../storage/index.ts';

const refusal = (code: string, what: string, where: string, remedy: string) => (): UserError =>
  new UserError({ code: `labeling.${code}`, what, where, remedy });

const used: Record<SessionUse, string> = {
  sitting: 'This session was opened already, and something may be answered in it',
  kit: 'A kit of this session is out, and its result file may still come',
  paper: 'Answers on the paper of this session were typed in already',
};

/** What labeling refuses, by name. */
export const refusals = {
  noStimuli: (study: string) =>
    refusal('no-stimuli', 'The study has no frozen stimuli yet', `study ${study}`, 'Freeze its stimuli first.')(),
  noPlan: (study: string) =>
    refusal('no-plan', 'There is no labeling plan yet', `study ${study}`, 'Save a plan first.')(),
  noSession: (which: string) =>
    refusal(
      'no-session',
      'There is no such labeling session',
      which,
      'Take the address or file of a session that is on the list; it may have been withdrawn.',
    )(),
  names: (there: number, wanted: number) =>
    refusal(
      'names',
      `The plan names ${there} classes, the stimuli have ${wanted}`,
      'the names of the classes',
      `Give ${wanted} different names, in the order of the classes.`,
    )(),
  locked: (study: string) =>
    refusal('locked', 'The labels of this study are locked', study, 'Open the lock first; reports then say so.')(),
  lockedElsewhere: (study: string) =>
    refusal(
      'locked',
      'These labels count in another study too, whose labels are locked',
      study,
      'Open the lock there first; its reports then say so.',
    )(),
  notLocked: (study: string) =>
    refusal('not-locked', 'The labels of this study are not locked', study, 'Nothing needs to be done.')(),
  active: (count: number) =>
    refusal(
      'active',
      `${count === 1 ? 'One session is' : `${count} sessions are`} still under way`,
      'labeling sessions',
      'Wait for their end, or exclude them with a reason.',
    )(),
  nothingToLock: (study: string) =>
    refusal(
      'nothing-to-lock',
      'There are no labels of people yet',
      study,
      'Lock the labels once somebody has finished, or a file was read in.',
    )(),
  closed: (pseudonym: string) =>
    refusal('closed', 'This session has ended', pseudonym, 'The researcher can open it again.')(),
  timeLeft: () =>
    refusal('time-left', 'The time of this session is not up yet', 'the session', 'It can be gone on with as it is.')(),
  notFinished: (pseudonym: string) =>
    refusal('not-finished', 'This session has not ended', pseudonym, 'It can be gone on with as it is.')(),
  begun: (pseudonym: string, use: SessionUse) =>
    refusal('begun', used[use], pseudonym, 'Exclude it with a reason, or withdraw the person.')(),
  unfinished: (count: number) =>
    refusal(
      'unfinished',
      `${count} ${count === 1 ? 'image has' : 'images have'} no answer`,
      'the review',
      'Answer them, or say that they are to be left blank.',
    )(),
  noConsent: () => refusal('no-consent', 'The consent was not given yet', 'the session', 'Ask for it first.')(),
  noSitting: () =>
    refusal('no-sitting', 'This page has not opened the session', 'the session', 'Open the session again.')(),
  badTrial: (trial: number) =>
    refusal('bad-trial', `There is no trial ${trial} in this session`, 'the session', 'Load the page again.')(),
  unknownImage: (image: number) =>
    refusal(
      'unknown-image',
      `Image ${image} is not in the stimulus set of this session`,
      'the session',
      'Exclude or remove this session, and create a new one. If it happens again, restore a backup of the data folder.',
    )(),
  badChoice: () =>
    refusal('bad-choice', 'This is none of the answers', 'the session', 'Choose one of the answers on the screen.')(),
  conflict: (seq: number) =>
    refusal(
      'event-conflict',
      `Event ${seq} is there already, and says something else`,
      'the session',
      'Open the session again; everything that was stored is kept.',
    )(),
  medium: (pseudonym: string, wanted: string) =>
    refusal('medium', `This session is not for ${wanted}`, pseudonym, `Make a session for ${wanted}.`)(),
  kitFile: (what: string, name: string) =>
    refusal('kit-file', what, name, 'Ask for the file as the kit wrote it, unchanged.')(),
  noPrinter: (why: string) =>
    refusal(
      'no-printer',
      'Sheets cannot be made as PDF here',
      why,
      'Save them as a page, and print that from a browser.',
    )(),
  print: (why: string) =>
    refusal('print', 'The sheets could not be printed', why, 'Try again, or save them as a page for a browser.')(),
  paperOpen: (what: string) => refusal('paper-open', what, 'the paper entry', 'Look at the sheet and type it again.')(),
  table: (what: string, where: string, remedy: string) => refusal('table', what, where, remedy)(),
  mixed: (study: string) =>
    refusal(
      'table',
      'Simulated labelers cannot join the people of a study',
      `study ${study}`,
      'Import them into a study that people have not labelled.',
    )(),
};
