import type { App, BrowserWindow, PowerMonitor } from 'electron';
import { dialog } from 'electron';
import { firstLine, messageOf } from '../../contract/wire/errors.ts';
import { endsWithin } from '../../processes/uncaught.ts';
import { detach } from '../../contract/wire/detach.ts';

/** The work that must end before the program does. */
export interface Work {
  /** Whether runs are running or waiting. */
  readonly busy: boolean;
  /** Lets every run write a checkpoint and every worker exit. Called once. */
  close(): Promise<void>;
}

/**
 * Quits the program in order, whether the window, the menu or the system requests it. If runs are active, the user is
 * asked first, except at system shutdown. Then every run writes a checkpoint, the data folder is closed, and the program
 * exits.
 */
export class Leaving {
  readonly #app: Pick<App, 'exit'>;
  readonly #work: Work;
  readonly #log: (error: unknown) => void;
  readonly #window: () => BrowserWindow | undefined;
  #asking = false;
  #left: Promise<void> | undefined;

  constructor(
    app: Pick<App, 'exit'>,
    work: Work,
    window: () => BrowserWindow | undefined,
    log: (error: unknown) => void,
  ) {
    this.#app = app;
    this.#work = work;
    this.#window = window;
    this.#log = log;
  }

  /** Handles `close` of the window and `before-quit` of the app, and prevents their default. */
  readonly onLeave = (event: { preventDefault(): void }): void => {
    event.preventDefault();
    if (this.#asking || this.#left !== undefined) return;
    this.#askFirst().catch(this.#log);
  };

  /** Quits without asking: at system shutdown, or on a signal from a terminal. */
  readonly now = (): Promise<void> => {
    this.#left ??= this.#leave(() => this.#app.exit(0));
    return this.#left;
  };

  /** Quits without asking because of an error that nothing handled, and says so. */
  readonly afterError = (error: unknown): Promise<void> => {
    this.#log(error);
    setTimeout(() => this.#app.exit(1), endsWithin).unref();
    this.#left ??= this.#leave(() => {
      const detail = 'Stored data are safe. Start it again: runs resume from their last checkpoint.';
      dialog.showErrorBox('Boundary Workbench has to close', `${firstLine(messageOf(error))}\n\n${detail}`);
      this.#app.exit(1);
    });
    return this.#left;
  };

  async #askFirst(): Promise<void> {
    this.#asking = true;
    const leave = !this.#work.busy || (await this.#ask());
    this.#asking = false;
    if (leave) await this.now();
  }

  async #ask(): Promise<boolean> {
    const window = this.#window();
    const options = {
      type: 'question' as const,
      title: 'Boundary Workbench',
      message: 'Runs are active. Stop them and close?',
      detail: 'Every run writes a checkpoint, which takes a few seconds, and resumes from it next time.',
      buttons: ['Stop and close', 'Keep working'],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    };
    const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
    return response === 0;
  }

  async #leave(exit: () => void): Promise<void> {
    this.#window()?.setProgressBar(2);
    try {
      await this.#work.close();
      exit();
    } catch (error) {
      this.#log(error);
      this.#app.exit(1);
    }
  }
}

/** Quits at system shutdown (Linux and macOS; Windows notifies the window) and on signals from a terminal. */
export function leaveWithSystem(
  leaving: Leaving,
  power: Pick<PowerMonitor, 'on'>,
  signals: Pick<NodeJS.Process, 'on'> = process,
): void {
  // Electron's types lack the parameter of this event. Preventing the default gives the checkpoints time.
  power.on('shutdown', ((event?: { preventDefault(): void }) => {
    event?.preventDefault();
    detach(leaving.now());
  }) as () => void);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) signals.on(signal, () => detach(leaving.now()));
}
