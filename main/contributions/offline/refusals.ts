import { refusal } from '../../services/labels/index.ts';

/** What only kits and paper are refused for; `services/labels/refusals.ts` has the others of labeling. */
export const offlineRefusals = {
  endedMeanwhile: (pseudonym: string) =>
    refusal('ended-meanwhile', 'This session ended while its file was imported', pseudonym, 'Import the file again.'),
  medium: (pseudonym: string, wanted: string) =>
    refusal('medium', `This session is not for ${wanted}`, pseudonym, `Make a session for ${wanted}.`),
  kitFile: (what: string, name: string) =>
    refusal('kit-file', what, name, 'Ask for the original file that the kit saved.'),
  noPrinter: (why: string) =>
    refusal(
      'no-printer',
      'Sheets cannot be saved as PDF on this computer',
      why,
      'Save them as an HTML page, and print it from a browser.',
    ),
  print: (why: string) =>
    refusal('print', 'The sheets could not be printed', why, 'Try again, or save them as an HTML page.'),
  paperOpen: (what: string) => refusal('paper-open', what, 'the paper entry', 'Check the sheet, and enter it again.'),
};
