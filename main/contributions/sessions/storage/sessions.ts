import { type Trial, trialKinds } from '../contract/plan.ts';
import { LabelingSessions } from '../../../storage/labeling/index.ts';

/** Sessions with the order of their trials. */
export class StoredSessions extends LabelingSessions {
  /** The trials of a session, in order. */
  trials(id: number): Trial[] {
    const row = this.db.get<{ trials: string }>('SELECT trials FROM labeling_session WHERE id = ?', id);
    return row ? (JSON.parse(row.trials) as PackedTrial[]).map(unpackTrial) : [];
  }
}

/** A trial as it is stored; `kind`: its place in `trialKinds`. */
export type PackedTrial = [image: number, kind: number, block: number];

export const unpackTrial = ([image, kind, block]: PackedTrial): Trial => ({
  image,
  kind: trialKinds[kind] ?? 'real',
  block,
});
