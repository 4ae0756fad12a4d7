import { detach } from '../../contract/wire/detach.ts';
/** How many calls are under way at once, and how many may wait. */
export interface CallLimits {
  /** Calls of one connection that have begun and have no answer yet. */
  connection: number;
  /** Calls of all connections that have begun and have no answer yet; each connection may have one nevertheless. */
  all: number;
  /** Calls of one connection whose answer is not sent completely: streams last as long as their page listens. */
  unsent: number;
  /** Waiting calls, or characters of them, at which a connection is not read until half of them are left. */
  waiting: { calls: number; characters: number };
  /** Waiting characters at which a connection is closed, if its transport cannot stop reading. */
  overflow: number;
  /** Calls of limited pages that begin one after the other while other pages wait. */
  limitedInARow: number;
}

/** A page makes up to 20 calls that a child process answers, and a few streams. */
export const callLimits: CallLimits = {
  connection: 32,
  all: 256,
  unsent: 256,
  waiting: { calls: 4096, characters: 4 * 2 ** 20 },
  overflow: 64 * 2 ** 20,
  limitedInARow: 4,
};

/** What the queue needs to know of a connection. */
export interface Caller {
  /** Its calls begin before those of others: its page is limited. */
  readonly isLimited: boolean;
  /**
   * Makes a call, and calls `answered` when its answer is known. Resolves when the answer is sent, a stream to its end;
   * never rejects.
   */
  run(text: string, answered: () => void): Promise<void>;
  /** Stops reading from the connection, and reads again. */
  pause(): void;
  resume(): void;
  /** More waits than may. */
  overflow(): void;
}

/** Calls of one connection. */
export interface CallLane {
  /** Has a call wait for its turn. @param id by which it can be cancelled; null: it cannot */
  add(id: string | null, text: string): void;
  /**
   * Removes a call that waits. Returns whether a call of this id has begun instead, so that its page's wish has to be
   * passed on; true at most once for each call.
   */
  cancel(id: string): boolean;
  /** From now on its calls wait as those of other pages do. */
  losePrecedence(): void;
  /** Removes all calls that wait. */
  close(): void;
}

interface QueueOptions {
  /** Milliseconds that pass while calls compute. */
  clock?: () => number;
  limits?: CallLimits;
}

/** Time that a call counts for at least, in milliseconds, so that calls below the clock's resolution take turns too. */
const leastTime = 0.01;

interface Lane {
  readonly caller: Caller;
  isLimited: boolean;
  isPaused: boolean;
  /** In the order of their arrival, by id or a symbol. */
  readonly waiting: Map<string | symbol, string>;
  characters: number;
  unanswered: number;
  unsent: number;
  /** Ids of calls that have begun, are not sent, and were not cancelled. */
  readonly cancellable: Set<string>;
  /** Milliseconds of the event loop that it has used, or has not claimed while it was idle. */
  used: number;
  /** Number of the turn in which its last call began. */
  turn: number;
}

/**
 * The turns in which calls of all connections begin. One call begins in each round of the event loop, so that files,
 * timers and other connections are served in between. The connection that has used the least time is next: one that asks
 * for much, or for what takes long, keeps nobody else waiting for more than the call that runs. Calls of limited pages
 * go first. Calls of one connection begin in the order of their arrival.
 */
export class CallQueue {
  readonly #clock: () => number;
  readonly #limits: CallLimits;
  readonly #lanes = new Set<Lane>();
  /** Used time of the lane that was served last: one that was idle starts there. */
  readonly #reached = { limited: 0, others: 0 };
  #unanswered = 0;
  #limitedInARow = 0;
  #turns = 0;
  #running: { lane: Lane; since: number } | null = null;
  #isScheduled = false;

  constructor({ clock = () => performance.now(), limits = callLimits }: QueueOptions = {}) {
    this.#clock = clock;
    this.#limits = limits;
  }

  open(caller: Caller): CallLane {
    const lane: Lane = {
      caller,
      isLimited: caller.isLimited,
      isPaused: false,
      waiting: new Map(),
      characters: 0,
      unanswered: 0,
      unsent: 0,
      cancellable: new Set(),
      used: 0,
      turn: 0,
    };
    this.#lanes.add(lane);
    return {
      add: (id, text) => this.#add(lane, id, text),
      cancel: (id) => this.#cancel(lane, id),
      losePrecedence: () => {
        if (!lane.isLimited) return;
        lane.isLimited = false;
        lane.used = this.#reached.others;
      },
      close: () => {
        this.#lanes.delete(lane);
        lane.waiting.clear();
        // The end of a connection has to be read too.
        if (lane.isPaused) caller.resume();
        lane.isPaused = false;
      },
    };
  }

  #add(lane: Lane, id: string | null, text: string): void {
    if (!this.#lanes.has(lane)) return;
    if (lane.waiting.size === 0) lane.used = Math.max(lane.used, this.#reached[classOf(lane)]);
    lane.waiting.set(id === null || lane.waiting.has(id) ? Symbol() : id, text);
    lane.characters += text.length;
    if (lane.characters > this.#limits.overflow) return lane.caller.overflow();
    if (!lane.isPaused && this.#fill(lane) >= 1) {
      lane.isPaused = true;
      lane.caller.pause();
    }
    this.#schedule();
  }

  #cancel(lane: Lane, id: string): boolean {
    if (lane.waiting.has(id)) {
      this.#take(lane, id);
      return false;
    }
    return lane.cancellable.delete(id);
  }

  #take(lane: Lane, key: string | symbol): string {
    const text = lane.waiting.get(key) ?? '';
    lane.waiting.delete(key);
    lane.characters -= text.length;
    if (lane.isPaused && this.#fill(lane) <= 0.5) {
      lane.isPaused = false;
      lane.caller.resume();
    }
    return text;
  }

  #schedule(): void {
    if (this.#isScheduled || ![...this.#lanes].some((lane) => this.#mayBegin(lane))) return;
    this.#isScheduled = true;
    setImmediate(() => this.#begin());
    // What a call does before it waits for something else is done between the two.
    setImmediate(() => this.#account());
  }

  #begin(): void {
    const lane = this.#next();
    const [key] = lane?.waiting.keys() ?? [];
    if (!lane || key === undefined) return;
    this.#limitedInARow = lane.isLimited ? this.#limitedInARow + 1 : 0;
    this.#reached[classOf(lane)] = Math.max(this.#reached[classOf(lane)], lane.used);
    this.#turns += 1;
    lane.turn = this.#turns;
    this.#running = { lane, since: this.#clock() };
    this.#run(lane, key);
  }

  #account(): void {
    this.#isScheduled = false;
    if (this.#running) {
      const { lane, since } = this.#running;
      this.#running = null;
      lane.used += Math.max(leastTime, this.#clock() - since);
    }
    this.#schedule();
  }

  #run(lane: Lane, key: string | symbol): void {
    const text = this.#take(lane, key);
    lane.unanswered += 1;
    lane.unsent += 1;
    this.#unanswered += 1;
    if (typeof key === 'string') lane.cancellable.add(key);
    let isAnswered = false;
    const answered = (): void => {
      if (isAnswered) return;
      isAnswered = true;
      lane.unanswered -= 1;
      this.#unanswered -= 1;
      this.#schedule();
    };
    detach(
      lane.caller.run(text, answered).then(() => {
        answered();
        lane.unsent -= 1;
        if (typeof key === 'string') lane.cancellable.delete(key);
        this.#schedule();
      }),
    );
  }

  /** The lane whose call is to begin now. */
  #next(): Lane | undefined {
    const ready = [...this.#lanes].filter((lane) => this.#mayBegin(lane));
    const others = ready.filter(({ isLimited }) => !isLimited);
    const limited = ready.filter(({ isLimited }) => isLimited);
    const goFirst = limited.length > 0 && (others.length === 0 || this.#limitedInARow < this.#limits.limitedInARow);
    return (goFirst ? limited : others).sort((a, b) => a.used - b.used || a.turn - b.turn)[0];
  }

  #mayBegin({ waiting, unanswered, unsent }: Lane): boolean {
    const { connection, all, unsent: mostUnsent } = this.#limits;
    if (waiting.size === 0 || unsent >= mostUnsent) return false;
    return unanswered === 0 || (unanswered < connection && this.#unanswered < all);
  }

  /** How full the place for waiting calls is; 1 and more: it has no room. */
  #fill({ waiting, characters }: Lane): number {
    const most = this.#limits.waiting;
    return Math.max(waiting.size / most.calls, characters / most.characters);
  }
}

const classOf = ({ isLimited }: Lane): 'limited' | 'others' => (isLimited ? 'limited' : 'others');
