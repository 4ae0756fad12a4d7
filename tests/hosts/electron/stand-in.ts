import { EventEmitter } from 'node:events';
import type { Handler } from './stand-in-handlers.ts';
import { Handlers } from './stand-in-handlers.ts';
import { StandInWindow } from './stand-in-window.ts';
import { StandInUtilities } from './stand-in-utilities.ts';

export interface MenuItem {
  label?: string;
  role?: string;
  accelerator?: string;
  submenu?: MenuItem[];
  click?: () => void;
}

/** A question that the program asked in a box of the system. */
export interface Asked {
  message: string;
  buttons: string[];
  signal?: AbortSignal;
}

/**
 * Stands in for the `electron` module: it keeps what the program tells Electron, and lets a test play Electron's part.
 * It shows what the program asks for, not what Electron makes of it; the real Electron is not run in these tests.
 */
export class ElectronStandIn {
  /** What was called, in order, with `ready` among it. */
  readonly log: string[] = [];
  readonly windows: StandInWindow[] = [];
  readonly session = new Handlers();
  readonly sessionEvents = new EventEmitter();
  readonly ipc = new EventEmitter();
  readonly protocols = new Handlers();
  readonly #partitions = new Map<string, { handlers: Handlers; events: EventEmitter; protocols: Handlers }>();
  readonly appEvents = new EventEmitter();
  readonly powerEvents = new EventEmitter();
  readonly utilities = new StandInUtilities();
  readonly paths = new Map<string, string>();
  /** What the preload script gave to the page, by name. */
  readonly exposed = new Map<string, unknown>();
  /** Where files of the user lie. */
  readonly filePaths = new Map<File, string>();
  readonly errorBoxes: string[] = [];
  readonly asked: Asked[] = [];
  readonly openedPaths: string[] = [];
  displays = [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }];
  menu: MenuItem[] = [];
  schemes: unknown;
  firstInstance = true;
  packaged = false;
  /** The index of the button that the user presses; a promise: when. */
  answer: (asked: Asked) => number | Promise<number> = () => 0;
  /** What the preload script sends to main; set by the test. */
  post: (channel: string, message: unknown, ports: unknown[]) => void = () => undefined;
  /** The exit code, once the program has ended. */
  readonly exited: Promise<number>;

  #becomeReady: () => void = () => undefined;
  readonly #ready = new Promise<void>((resolve) => {
    this.#becomeReady = resolve;
  });
  #exit: (code: number) => void = () => undefined;

  constructor() {
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
  }

  /** Plays Electron's start, and waits until the program has done its part. */
  async becomeReady(): Promise<void> {
    this.log.push('ready');
    this.#becomeReady();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  /** The window that must have been opened. */
  get window(): StandInWindow {
    const [window] = this.windows;
    if (!window) throw new Error('no window was opened');
    return window;
  }

  async #ask(words: unknown[]): Promise<{ response: number }> {
    const asked = words.at(-1) as Asked;
    this.asked.push(asked);
    return { response: await this.answer(asked) };
  }

  #setUp(name: string): void {
    this.log.push(name);
  }

  #app(): object {
    return {
      isPackaged: this.packaged,
      on: this.appEvents.on.bind(this.appEvents),
      setName: () => undefined,
      setPath: (name: string, path: string) => this.paths.set(name, path),
      getVersion: () => '0.0.0-stand-in',
      setAboutPanelOptions: () => undefined,
      showAboutPanel: () => this.#setUp('showAboutPanel'),
      enableSandbox: () => this.#setUp('enableSandbox'),
      requestSingleInstanceLock: () => this.firstInstance,
      whenReady: () => this.#ready,
      quit: () => this.#setUp('quit'),
      exit: (code: number) => {
        this.#setUp('exit');
        this.#exit(code);
      },
    };
  }

  /** What was set for the session of a partition. */
  partition(name: string): { handlers: Handlers; events: EventEmitter; protocols: Handlers } {
    const made = { handlers: new Handlers(), events: new EventEmitter(), protocols: new Handlers() };
    const found = this.#partitions.get(name) ?? made;
    this.#partitions.set(name, found);
    return found;
  }

  #session(of: { handlers: Handlers; events: EventEmitter; protocols: Handlers }): object {
    const { handlers: session, events: sessionEvents, protocols } = of;
    return {
      protocol: { handle: (scheme: string, handler: Handler) => protocols.given.set(scheme, handler) },
      setPermissionRequestHandler: session.setter('permissionRequest'),
      setPermissionCheckHandler: session.setter('permissionCheck'),
      setDevicePermissionHandler: session.setter('devicePermission'),
      setDisplayMediaRequestHandler: session.setter('displayMedia'),
      on: sessionEvents.on.bind(sessionEvents),
      webRequest: { onBeforeRequest: session.setter('beforeRequest') },
    };
  }

  #newWindow(options: StandInWindow['options']): StandInWindow {
    const window = new StandInWindow(options);
    this.windows.push(window);
    this.appEvents.emit('web-contents-created', {}, window.webContents);
    return window;
  }

  /** What `import ... from 'electron'` gives. */
  get module() {
    const open = (options: StandInWindow['options']) => this.#newWindow(options);
    return {
      app: this.#app(),
      BrowserWindow: function BrowserWindow(options: StandInWindow['options']) {
        return open(options);
      },
      contextBridge: { exposeInMainWorld: (name: string, given: unknown) => this.exposed.set(name, given) },
      dialog: {
        showErrorBox: (title: string, text: string) => this.errorBoxes.push(`${title}: ${text}`),
        showMessageBox: (...words: unknown[]) => this.#ask(words),
      },
      ipcMain: { on: this.ipc.on.bind(this.ipc) },
      ipcRenderer: {
        postMessage: (channel: string, message: unknown, ports: unknown[]) => this.post(channel, message, ports),
      },
      Menu: {
        buildFromTemplate: (template: MenuItem[]) => template,
        setApplicationMenu: (menu: MenuItem[]) => {
          this.menu = menu;
        },
      },
      powerMonitor: { on: this.powerEvents.on.bind(this.powerEvents) },
      protocol: {
        registerSchemesAsPrivileged: (schemes: unknown) => {
          this.#setUp('registerSchemesAsPrivileged');
          this.schemes = schemes;
        },
        handle: this.protocolSetter,
      },
      screen: { getAllDisplays: () => this.displays },
      session: {
        defaultSession: this.#session({
          handlers: this.session,
          events: this.sessionEvents,
          protocols: this.protocols,
        }),
        fromPartition: (name: string) => this.#session(this.partition(name)),
      },
      shell: {
        openPath: (path: string) => {
          this.openedPaths.push(path);
          return Promise.resolve('');
        },
      },
      utilityProcess: { fork: this.utilities.fork },
      webUtils: {
        getPathForFile: (file: unknown) => {
          if (!(file instanceof File)) throw new TypeError('not a File');
          return this.filePaths.get(file) ?? '';
        },
      },
    };
  }

  readonly protocolSetter = (scheme: string, handler: Handler): void => {
    this.protocols.given.set(scheme, handler);
  };
}
