export type Handler = (...args: never[]) => unknown;

/** Remembers the functions that were given to Electron's `set...Handler` methods, by the method's name. */
export class Handlers {
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
