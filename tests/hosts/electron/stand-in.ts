import { EventEmitter } from 'node:events';

type Handler = (...args: never[]) => unknown;

/** Remembers the functions that were given to Electron's `set...Handler` methods, by the method's name. */
class Handlers {
  readonly given = new Map<string, Handler>();

  setter(name: string) {
    return (...args: Handler[]) => {
      const handler = args.at(-1);
      if (handler) this.given.set(name, handler);
    };
  }

  /** Calls a handler that must have been set. */
  call(name: string, ...args: unknown[]): unknown {
    const handler = this.given.get(name);
    if (!handler) throw new Error(`nobody has set ${name}`);
    return (handler as (...all: unknown[]) => unknown)(...args);
  }
}

export class StandInContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  readonly handlers = new Handlers();
  readonly setWindowOpenHandler = this.handlers.setter('windowOpen');
}

export class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents();
  readonly options: { title: string; show: boolean; webPreferences: Record<string, unknown> };
  shown = false;
  focused = 0;

  constructor(options: StandInWindow['options']) {
    super();
    this.options = options;
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
    return false;
  }
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
  readonly ipc = new Handlers();
  readonly protocols = new Handlers();
  readonly appEvents = new EventEmitter();
  readonly paths = new Map<string, string>();
  readonly errorBoxes: string[] = [];
  readonly exposed = new Map<string, unknown>();
  schemes: unknown;
  firstInstance = true;
  packaged = false;
  /** How the preload script reaches main; set by the test. */
  invoke: (channel: string, ...args: unknown[]) => Promise<unknown> = () => Promise.reject(new Error('not connected'));

  #becomeReady: () => void = () => undefined;
  readonly #ready = new Promise<void>((resolve) => {
    this.#becomeReady = resolve;
  });

  /** Plays Electron's start, and waits until the program has done its part. */
  async becomeReady(): Promise<void> {
    this.log.push('ready');
    this.#becomeReady();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  /** What `import ... from 'electron'` gives. */
  get module() {
    const { log, paths, appEvents, sessionEvents, session, windows } = this;
    const setUp = (name: string) => {
      log.push(name);
    };
    const newWindow = (options: StandInWindow['options']) => {
      const window = new StandInWindow(options);
      windows.push(window);
      appEvents.emit('web-contents-created', {}, window.webContents);
      return window;
    };
    return {
      app: {
        isPackaged: this.packaged,
        on: appEvents.on.bind(appEvents),
        setPath: (name: string, path: string) => paths.set(name, path),
        getVersion: () => '0.0.0-stand-in',
        enableSandbox: () => setUp('enableSandbox'),
        requestSingleInstanceLock: () => this.firstInstance,
        whenReady: () => this.#ready,
        quit: () => setUp('quit'),
        exit: () => setUp('exit'),
      },
      BrowserWindow: function BrowserWindow(options: StandInWindow['options']) {
        return newWindow(options);
      },
      dialog: { showErrorBox: (title: string, text: string) => this.errorBoxes.push(`${title}: ${text}`) },
      ipcMain: { handle: (channel: string, handler: Handler) => this.ipc.given.set(channel, handler) },
      Menu: { setApplicationMenu: () => setUp('setApplicationMenu') },
      protocol: {
        registerSchemesAsPrivileged: (schemes: unknown) => {
          setUp('registerSchemesAsPrivileged');
          this.schemes = schemes;
        },
        handle: (scheme: string, handler: Handler) => this.protocols.given.set(scheme, handler),
      },
      session: {
        defaultSession: {
          setPermissionRequestHandler: session.setter('permissionRequest'),
          setPermissionCheckHandler: session.setter('permissionCheck'),
          setDevicePermissionHandler: session.setter('devicePermission'),
          setDisplayMediaRequestHandler: session.setter('displayMedia'),
          on: sessionEvents.on.bind(sessionEvents),
          webRequest: { onBeforeRequest: session.setter('beforeRequest') },
        },
      },
      contextBridge: { exposeInMainWorld: (name: string, api: unknown) => this.exposed.set(name, api) },
      ipcRenderer: { invoke: (channel: string, ...args: unknown[]) => this.invoke(channel, ...args) },
    };
  }
}
