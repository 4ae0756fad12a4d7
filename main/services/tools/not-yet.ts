import { UserError } from '../../contract/wire/errors.ts';

/** Nothing can be written of what a study does not have yet; the remedy makes it. */
export const notYet = (study: string, what: string, remedy = untilMade): UserError =>
  new UserError('stimuli.not-yet', `Study "${study}" has no ${what} yet`, study, remedy);

const untilMade = 'Run the study until they are made: `boundary study run`.';
