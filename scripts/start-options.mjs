/** The options of `npm start -- ...`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SetUpError } from './setup/set-up-error.mjs';

export const startHelp = `npm start -- [options]

  --host electron   open a window, or fail if that is not possible
  --host browser    serve a browser (default: a window if possible, otherwise a browser)
  --data FOLDER     folder of the studies (default: BOUNDARY_DATA, or a folder in your home)
  --port N          port for the browser (default: any free port)
  --no-open         print the address without opening the browser
  --help            show this text
`;

/**
 * @param {string[]} args
 * @returns {{ host: 'electron' | 'browser' | undefined, help: boolean, dataFolder: string | undefined, browserArguments: string[] }}
 *   `browserArguments`: the arguments of the browser host
 * @throws {SetUpError} for an unknown option
 */
export function readStartOptions(args) {
  const { host, data, port, 'no-open': noOpen, help = false } = parse(args);
  if (host !== undefined && host !== 'electron' && host !== 'browser') {
    throw new SetUpError(`--host: "${host}" is unknown; choose electron or browser.`, startHelp);
  }
  if (host === 'electron' && port !== undefined) {
    throw new SetUpError('--port: a window has no port.', 'Omit --port, or use --host browser.');
  }
  const dataFolder = data ? resolve(data) : undefined;
  const browserArguments = [
    ...(dataFolder === undefined ? [] : ['--data', dataFolder]),
    ...(port === undefined ? [] : ['--port', port]),
    ...(noOpen ? ['--no-open'] : []),
  ];
  return { host, help, dataFolder, browserArguments };
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
