import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { WebSocket } from 'ws';
import { repository } from '../architecture/tools.ts';
import type { RemoteCalls } from '../calls.ts';
import { type Keys, letIn, openSocket } from '../hosts/browser/let-in.ts';
import type { Step } from './campaign.ts';
import { reportInterval, type Ticks } from './silences.ts';

export type Client = RemoteCalls;

const preload = pathToFileURL(join(import.meta.dirname, 'preload.mjs')).href;

export interface StartOptions {
  dataFolder: string;
  during: string | null;
  /** Milliseconds by which its clock is wrong. */
  clock?: number;
  port?: number;
}

/** The real browser host in a process of its own, with the preload of this folder. */
export class Host {
  readonly process: ChildProcess;
  readonly dataFolder: string;
  /** What the host does now, for the table of silences; null: it is made to stand still. */
  during: string | null;
  /** Exit code or signal, once it is gone. */
  readonly ended: Promise<number | string>;
  /** What it printed, with its token; rejects if it ends before. */
  readonly address: Promise<string>;
  readonly #sockets = new Set<WebSocket>();
  readonly #step: Step;
  #stderr = '';
  /** Its last report. */
  #last: Ticks | undefined;
  #keys: Promise<Keys> | undefined;
  #isKilled = false;
  #hasAddress = false;
  #isReady = false;

  constructor(step: Step, { dataFolder, during, clock = 0, port = 0 }: StartOptions) {
    this.dataFolder = dataFolder;
    this.during = during;
    this.#step = step;
    const started = performance.now();
    const entry = join(repository, 'main', 'hosts', 'browser', 'index.ts');
    this.process = spawn(process.execPath, [entry, '--no-open', '--data', dataFolder, '--port', String(port)], {
      env: {
        ...process.env,
        BOUNDARY_ENGINE: 'wasm',
        BOUNDARY_CACHE: step.template.cache,
        BOUNDARY_SOAK_CLOCK: String(clock),
        BOUNDARY_SOAK_FAULT: step.fault ?? '',
        NODE_OPTIONS: `--import=${preload}`,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.process.on('message', (message) => this.#hear(message as Ticks));
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    this.address = Promise.race([
      new Promise<string>((resolve) => {
        let printed = '';
        this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
          printed += text;
          const address = /http:\/\/\S+(?=\s)/.exec(printed)?.[0];
          if (!address || this.#hasAddress) return;
          this.#hasAddress = true;
          const ms = performance.now() - started;
          if (this.during !== null) step.silences.addStart(ms, waitedOf(this.process.pid), this.during);
          resolve(address);
        });
      }),
      this.ended.then((end) => Promise.reject(new Error(`the host ended (${end}): ${this.#stderr}`))),
    ]);
    this.address.catch(() => undefined);
    step.atEnd(() => this.kill());
  }

  #hear(ticks: Ticks): void {
    const last = this.#last;
    this.#last = ticks;
    if (!this.#isReady || this.during === null || !last) return;
    this.#step.silences.add(ticks, this.during, { span: ticks.at - last.at, waited: ticks.waited - last.waited });
  }

  /** A silence that its end cuts off counts until then. @param at when it ended, and how long it had waited by then */
  #addLastSilence({ at, waited }: Pick<Ticks, 'at' | 'waited'>): void {
    const last = this.#last;
    if (!this.#isReady || this.during === null || !last) return;
    const gap = Math.round(at - last.at) - 2 * reportInterval;
    const span = { span: at - last.at, waited: waited - last.waited };
    if (gap > 0)
      this.#step.silences.add({ ticks: 1, gaps: [[gap, Math.round(span.waited)]] }, `${this.during}, killed`, span);
  }

  get errors(): string {
    return this.#stderr;
  }

  /** Stack traces that it wrote: defects of the program. */
  get defects(): string[] {
    return /\n\s+at /.test(this.#stderr) ? [this.#stderr.slice(0, 2000)] : [];
  }

  /** What the one browser has that used the printed address. */
  keys(): Promise<Keys> {
    this.#keys ??= this.address.then(letIn);
    return this.#keys;
  }

  /** A socket as the page opens it, by default with the keys of the one browser. */
  async socket(keys?: Keys): Promise<WebSocket> {
    const socket = openSocket(keys ?? (await this.keys()));
    this.#sockets.add(socket);
    socket.on('error', () => socket.terminate());
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('close', () => reject(new Error('the host did not let us in')));
    });
    return socket;
  }

  /** Calls through the host's real socket. A call that the host's end leaves without an answer rejects. */
  async connect(): Promise<Client> {
    const client = this.#clientOf(await this.socket());
    // The first thing that a page asks: the host has started when it is answered.
    if (!this.#isReady) await client.app.info({});
    this.markStarted();
    return client;
  }

  /** Calls with other keys than those of the one browser. */
  async connectAs(keys: Keys): Promise<Client> {
    return this.#clientOf(await this.socket(keys));
  }

  #clientOf(socket: WebSocket): Client {
    return createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
  }

  /** From now on its silences count. */
  markStarted(): void {
    this.#isReady = true;
    this.#last ??= { ticks: 0, gaps: [], at: now(), waited: waitedOf(this.process.pid) };
  }

  /** Hands a file over as the page does; gives its id. */
  async upload(name: string, content: Uint8Array): Promise<string> {
    const { origin, cookie, secret } = await this.keys();
    const send = (): Promise<Response> =>
      fetch(`${origin}/uploads?name=${encodeURIComponent(name)}`, {
        method: 'POST',
        body: Buffer.from(content),
        headers: { Cookie: cookie, Origin: origin, Authorization: `Bearer ${secret}` },
      });
    // As browsers do: a connection that was kept may have ended just now.
    const response = await send().catch((error: unknown) => {
      if (this.isDying) throw error;
      return send();
    });
    const answer = (await response.json()) as { upload: string };
    return answer.upload;
  }

  /** Its clock is wrong by so many milliseconds from now on. */
  shiftClock(ms: number): void {
    this.process.send?.({ shift: ms }, () => undefined);
  }

  /** Whether it is dead, or was just killed. */
  get isDying(): boolean {
    return this.#isKilled || this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** At once; nothing can catch it. */
  async kill(): Promise<void> {
    const end = this.isDying ? null : { at: now(), waited: waitedOf(this.process.pid) };
    this.#isKilled = true;
    this.process.kill('SIGKILL');
    for (const socket of this.#sockets) socket.terminate();
    await this.ended;
    if (end) this.#addLastSilence(end);
  }

  /** As Ctrl-C does. */
  async stop(): Promise<number | string> {
    this.process.kill('SIGINT');
    return this.ended;
  }
}

/** Milliseconds of the clock that all processes share. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Milliseconds that the main thread of a process has waited for a processor; 0 where the system does not tell. */
function waitedOf(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** The code of a refusal in words; null: another error, e.g. of the connection. */
export function refusalCode(error: unknown): string | null {
  if (!(error instanceof ORPCError) || error.code !== 'REFUSED') return null;
  return (error.data as { code: string }).code;
}

/** Processes that a process started, by id, with the entry module that each one runs. */
export function childrenOf(parent: number | undefined): { pid: number; entry: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const ppid = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]);
        if (ppid !== parent) return [];
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return [{ pid: Number(name), entry: words.find((word) => /\.(ts|js)$/.test(word)) ?? '' }];
      } catch {
        return [];
      }
    });
}
