import type { RandomStream } from '../../main/domain/random/random.ts';
import { acknowledged, type Tally } from './campaign.ts';
import { type Client, type Host, refusalCode } from './host.ts';
import type { Act, ActName, Change, Oracle } from './oracle.ts';
import type { State } from './state.ts';
import type { Template } from './world.ts';

/** What people do with a data folder beside the volunteers who label. */
export interface Acting {
  readonly oracle: Oracle;
  readonly random: RandomStream;
  readonly tally: Tally;
  readonly archive: Template['archive'];
  /** Pseudonyms of volunteers, whose sessions nobody else touches. */
  readonly busy: ReadonlySet<string>;
  /** People who withdrew: nothing brings them back. */
  readonly withdrawn: Set<string>;
  /** A number that no act had before. */
  next(): number;
  /** Acts that a planted fault needs; null: none is planted. */
  readonly wanted: ReadonlySet<ActName> | null;
}

/** An act that can be done now. */
export interface Deed extends Act {
  /** Resolves with what it changed when the program acknowledges it. */
  readonly run: (client: Client, host: Host) => Promise<Change>;
}

/** Deeds that the state allows, to be done one after another; none where it allows none. */
export type Idea = (acting: Acting) => readonly Deed[];

/** A deed that is there completely or not at all, and whose change is known beforehand. */
export const deed = (
  name: ActName,
  change: Change,
  call: (client: Client, host: Host) => Promise<unknown>,
  unsure: (state: State, found: State) => readonly State[] = (state) => [change(state)],
): Deed => ({
  name,
  unsure,
  async run(client, host) {
    await call(client, host);
    return change;
  },
});

export const pick = <T>(random: RandomStream, items: readonly T[]): T | undefined => items[random.int(items.length)];

/** Does deeds until one fails because the host died. False: it did. */
export async function perform(acting: Acting, deeds: readonly Deed[], client: Client, host: Host): Promise<boolean> {
  const { oracle, tally } = acting;
  for (const act of deeds) {
    oracle.begin(act);
    try {
      oracle.acknowledge(act, await act.run(client, host));
      tally.count(acknowledged(act.name));
    } catch (error) {
      const code = refusalCode(error);
      if (code === null && host.isDying) return false;
      // Nothing may have changed; the next check tells.
      oracle.refuse(act);
      tally.faults.push(`${act.name}: ${code ?? String(error)}`);
      return true;
    }
  }
  return true;
}
