import type { App, BrowserWindow, PowerMonitor } from 'electron';
import { dialog } from 'electron';

/** What of the program must end in order. */
export interface Work {
  /** Whether runs are going, or wait for their turn. */
  readonly busy: boolean;
  /** Every run checkpoints and every worker leaves. Called once. */
  close(): Promise<void>;
}

/**
 * Ends the program in order, whoever asks for it: the window's close, the menu, the system. Where runs are going the
 * user is asked, unless the system itself ends; then every run checkpoints, the data folder is closed, and only then
 * does the program end.
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

  /** For `close` of the window and `before-quit` of the app: nothing of it happens by itself. */
  readonly onLeave = (event: { preventDefault(): void }): void => {
    event.preventDefault();
    if (this.#asking || this.#left) return;
    void this.#askFirst().catch(this.#log);
  };

  /** Without asking: the system is going down, or a terminal says so. */
  readonly now = (): Promise<void> => {
    this.#left ??= this.#leave();
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
      message: 'Runs are going. Stop them and close?',
      detail: 'Every run writes a checkpoint, which takes a few seconds, and goes on from there next time.',
      buttons: ['Stop and close', 'Keep working'],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    };
    const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
    return response === 0;
  }

  async #leave(): Promise<void> {
    this.#window()?.setProgressBar(2);
    try {
      await this.#work.close();
      this.#app.exit(0);
    } catch (error) {
      this.#log(error);
      this.#app.exit(1);
    }
  }
}

/** Leaves when the system goes down (Linux and macOS here, Windows by the window) or a terminal ends the program. */
export function leaveWithSystem(
  leaving: Leaving,
  power: Pick<PowerMonitor, 'on'>,
  signals: Pick<NodeJS.Process, 'on'> = process,
): void {
  // Electron's types know this event without its parameter; holding it back gives the checkpoints their time.
  power.on('shutdown', ((event?: { preventDefault(): void }) => {
    event?.preventDefault();
    void leaving.now();
  }) as () => void);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) signals.on(signal, () => void leaving.now());
}
