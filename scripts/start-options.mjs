/** The words of `npm start -- ...`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SetUpError } from './setup/set-up-error.mjs';

export const startHelp = `npm start -- [options]

  --host electron   a window, or an error where there can be none
  --host browser    an address for a browser; without --host: a window where there can be one, else this
  --data FOLDER     where studies are kept (default: the user's data folder; BOUNDARY_DATA)
  --port N          the port of that address (default: any that is free)
  --no-open         print the address and open no browser
  --help            this text
`;

/**
 * @param {string[]} words
 * @returns {{ host: 'electron' | 'browser' | undefined, help: boolean, dataFolder: string | undefined, browserWords: string[] }}
 *   `browserWords`: what of it the browser host is told
 * @throws {SetUpError} where a word is not known
 */
export function readStartOptions(words) {
  const { host, data, port, 'no-open': noOpen, help = false } = parse(words);
  if (host !== undefined && host !== 'electron' && host !== 'browser') {
    throw new SetUpError(`--host: there is no ${host}, but electron and browser.`, startHelp);
  }
  if (host === 'electron' && port !== undefined) {
    throw new SetUpError('--port: a window has no port.', 'Leave it out, or give --host browser.');
  }
  const dataFolder = data ? resolve(data) : undefined;
  const browserWords = [
    ...(dataFolder === undefined ? [] : ['--data', dataFolder]),
    ...(port === undefined ? [] : ['--port', port]),
    ...(noOpen ? ['--no-open'] : []),
  ];
  return { host, help, dataFolder, browserWords };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        host: { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string' },
        'no-open': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new SetUpError(error instanceof Error ? error.message : String(error), startHelp);
  }
}
