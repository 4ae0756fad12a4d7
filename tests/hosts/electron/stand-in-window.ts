import { EventEmitter } from 'node:events';
import { Handlers } from './stand-in-handlers.ts';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class StandInContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  readonly handlers = new Handlers();
  readonly setWindowOpenHandler = this.handlers.setter('windowOpen');
  reloads = 0;
  crashesForced = 0;

  getURL(): string {
    return this.mainFrame.url;
  }

  reload(): void {
    this.reloads++;
  }

  printToPDF(): Promise<Buffer> {
    return Promise.resolve(Buffer.from('%PDF'));
  }

  forcefullyCrashRenderer(): void {
    this.crashesForced++;
  }
}

export class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents();
  readonly options: Partial<Rectangle> & {
    title: string;
    icon?: string;
    show: boolean;
    webPreferences: Record<string, unknown>;
  };
  bounds: Rectangle;
  maximized = false;
  shown = false;
  focused = 0;
  minimized = false;
  /** Whether it fills the screen and keeps it. */
  kiosk = false;

  constructor(options: StandInWindow['options']) {
    super();
    this.options = options;
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
  }

  loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    return Promise.resolve();
  }

  show(): void {
    this.shown = true;
  }

  focus(): void {
    this.focused++;
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  restore(): void {
    this.minimized = false;
  }

  maximize(): void {
    this.maximized = true;
  }

  isMaximized(): boolean {
    return this.maximized;
  }

  setKiosk(isKept: boolean): void {
    this.kiosk = isKept;
  }

  getNormalBounds(): Rectangle {
    return this.bounds;
  }

  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  setProgressBar(): void {}

  /** Plays the user who closes the window; gives whether it closes by itself. */
  close(): boolean {
    let held = false;
    this.emit('close', {
      preventDefault: () => {
        held = true;
      },
    });
    return !held;
  }
}
