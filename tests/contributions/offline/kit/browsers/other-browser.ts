import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A browser that Playwright does not drive, with one page. */
export interface OtherBrowser {
  /** Name and version, as the browser says them. */
  readonly version: string;
  /** Loads a page, and waits until it is there. */
  open(address: string): Promise<void>;
  /** What an expression of JavaScript gives in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** A key, as WebDriver writes it: the character, or one of `keys`. */
  press(key: string): Promise<void>;
  /** A picture of the page, PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

/** Keys without a character (https://www.w3.org/TR/webdriver2/#keyboard-actions). */
export const keys = { enter: '\uE007', backspace: '\uE003' } as const;

/** The first of these files that is there. */
export const present = (paths: readonly string[]): string | undefined => paths.find((path) => existsSync(path));

/** Actions of WebDriver, both kinds: a key goes down and up. */
export const keyActions = (key: string): object[] => [
  {
    type: 'key',
    id: 'keyboard',
    actions: [
      { type: 'keyDown', value: key },
      { type: 'keyUp', value: key },
    ],
  },
];

/** Resolves once a process has ended, however it did. */
export const endOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.once('exit', () => resolve()));
