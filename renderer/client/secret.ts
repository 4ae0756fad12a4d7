import { secretKey } from '../../main/contract/bridge.ts';

/**
 * The secret that the host gave to this origin. Calls and uploads send it in addition to the cookie, which browsers also
 * send to other ports of this machine. Empty in the program's own window, which needs none.
 */
export const ownSecret = (): string => localStorage.getItem(secretKey) ?? '';
