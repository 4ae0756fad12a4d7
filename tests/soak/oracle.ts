import type { Tally } from './campaign.ts';
import { differences, type Handles, type State } from './state.ts';

/** How an act changes what must be in the data folder. */
export type Change = (state: State) => State;

/** Acts whose effect the model knows. */
export const actNames = [
  'answer',
  'open a session',
  'answer and undo',
  'notes and breaks',
  'end a session',
  'create sessions',
  'remove a session',
  'exclude a session',
  'include a session again',
  'reopen a session',
  'withdraw a person of a session',
  'save a plan',
  'set a PIN',
  'remove a PIN',
  'make a kit',
  'import the result of a kit',
  'enter paper',
  'accept paper',
  'import a table',
  'withdraw a person of a table',
  'import a panel',
  'use a panel',
  'use no panel',
  'undo the import of a panel',
  'change the declaration',
  'copy a study',
  'delete a study',
  'restore a study',
  'delete a study for good',
  'import an archive',
  'undo the import of an archive',
  'export an archive',
  'make a backup',
  'lock labels',
  'unlock labels',
] as const;
export type ActName = (typeof actNames)[number];

/** Something that a person had the program do. */
export interface Act {
  readonly name: ActName;
  /**
   * The states that an act may leave that nobody acknowledged, besides the state before it. `found`: what is there, for
   * names that only the program knows.
   */
  readonly unsure: (state: State, found: State) => readonly State[];
}

/**
 * A model of what must be in a data folder: acknowledged acts completely, others completely or not at all. Acts that are
 * not acknowledged when the host dies must be about different people.
 */
export class Oracle {
  state: State;
  handles: Handles;
  /** How often each act was acknowledged before a kill. */
  readonly acknowledged = new Map<ActName, number>();
  #unsure: Act[] = [];

  constructor({ state, handles }: { state: State; handles: Handles }) {
    this.state = state;
    this.handles = handles;
  }

  /** The program is asked; give the act to `acknowledge` or `refuse` when it answers. */
  begin(act: Act): void {
    this.#unsure.push(act);
  }

  acknowledge(act: Act, change: Change): void {
    this.refuse(act);
    this.state = change(this.state);
    this.acknowledged.set(act.name, (this.acknowledged.get(act.name) ?? 0) + 1);
  }

  /** It must not have changed anything. */
  refuse(act: Act): void {
    this.#unsure = this.#unsure.filter((each) => each !== act);
  }

  /** Compares with what is in the folder, and takes over what unacknowledged acts left. */
  check({ state: found, handles }: { state: State; handles: Handles }, tally: Tally): void {
    let best = withOrders(this.state, found);
    let left = differences(best, found);
    for (const act of this.#unsure) {
      tally.count(`unacknowledged: ${act.name}`);
      const before = best;
      for (const candidate of act.unsure(before, found)) {
        const remaining = differences(candidate, found);
        if (remaining.length < left.length) [best, left] = [candidate, remaining];
      }
    }
    const names = this.#unsure.map(({ name }) => name).join(', ') || 'nothing';
    if (left.length > 0) {
      const shown = left.slice(0, 4).map(({ words }) => words);
      const more = left.length > shown.length ? `; and ${left.length - shown.length} more differences` : '';
      tally.lost.push(`${shown.join('; ')}${more} (unacknowledged: ${names})`);
    }
    this.#unsure = [];
    // What is wrong is told once.
    this.state = left.length === 0 ? best : found;
    this.handles = handles;
  }
}

/** The program draws the order of a new session's images; from then on it never changes. */
export const withOrders = (state: State, found: State): State => ({
  ...state,
  sessions: new Map(
    [...state.sessions].map(([name, session]) => {
      const trials = session.trials.length > 0 ? session.trials : (found.sessions.get(name)?.trials ?? []);
      return [name, { ...session, trials }];
    }),
  ),
});
