import { kept } from '../../domain/numbers/index.ts';
import type { ClusterPart, ClusterTrouble } from './profile/cluster.ts';
import { messageOf, UserError } from '../../contract/wire/index.ts';
import type { Storage } from '../../storage/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';

/** `trouble` null: it is over. `isNew`: it is not a known one in other words. */
interface TroubleChange {
  cluster: string;
  part: ClusterPart;
  trouble: ClusterTrouble | null;
  isNew: boolean;
}

/** What is wrong with each cluster now. Kept in memory: the next start finds out again. */
export class ClusterTroubles {
  readonly #now: () => number;
  readonly #known = new Map<string, ClusterTrouble>();
  readonly #listeners = new Set<(change: TroubleChange) => void>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Troubles of one cluster, or of all. Empty: all is well, as far as is known. */
  list(cluster?: string): ClusterTrouble[] {
    return [...this.#known.values()].filter((each) => cluster === undefined || each.cluster === cluster);
  }

  /** Stores what is wrong with a part of a cluster, or that it is well (null). Listeners hear of the same trouble once. */
  set(cluster: string, part: ClusterPart, error: unknown): void {
    const key = `${part} ${cluster}`;
    const known = this.#known.get(key);
    if (error === null) {
      if (this.#known.delete(key)) this.#tell({ cluster, part, trouble: null, isNew: true });
      return;
    }
    const { code, message: what, where, remedy } = asUserError(cluster, error);
    if (known?.code === code && known.what === what && known.where === where && known.remedy === remedy) return;
    const isNew = known?.code !== code;
    const trouble = { cluster, part, code, what, where, remedy, since: isNew ? this.#now() : known.since };
    this.#known.set(key, trouble);
    this.#tell({ cluster, part, trouble, isNew });
  }

  /** Nothing is known of a cluster that was removed. */
  forget(cluster: string): void {
    for (const { part } of this.list(cluster)) this.set(cluster, part, null);
  }

  /** @returns a function that removes the listener */
  onChange(listener: (change: TroubleChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: TroubleChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

const all = new WeakMap<Storage, ClusterTroubles>();

/** The troubles of a data folder's clusters; everything of this process shares them. */
export const clusterTroubles = ({ storage, now }: Pick<Workbench, 'storage' | 'now'>): ClusterTroubles =>
  kept(all, storage, () => new ClusterTroubles(now));

const asUserError = (cluster: string, error: unknown): UserError =>
  error instanceof UserError
    ? error
    : new UserError(
        'cluster.failed',
        messageOf(error),
        `cluster ${cluster}`,
        'It is tried again. If that does not help, run `boundary cluster check` with its profile.',
        { cause: error },
      );
