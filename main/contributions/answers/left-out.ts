import { kept } from '../../domain/numbers/index.ts';
import type { LeftOut } from './contract/tables.ts';
import { isFromSession } from '../../storage/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';

type WhyLeftOut = keyof LeftOut;

/** Why a row does not count by its own columns; `older`: a later row answers the same trial. */
type RowProblem = 'unfinished' | 'excluded' | 'older' | null;

/** Reads the state columns of the workbench's own tables. Null: the row counts, as in any table without them. */
export function rowCheck(columns: readonly string[]): (cells: readonly string[]) => RowProblem {
  const [state, excluded, current] = ['session_state', 'excluded', 'current'].map((name) => columns.indexOf(name));
  if (state === undefined || excluded === undefined || state < 0 || excluded < 0) return () => null;
  return (cells) => {
    if (cells[excluded]?.trim() !== '') return 'excluded';
    if (!ended.has(cells[state]?.trim() ?? '')) return 'unfinished';
    return current !== undefined && current >= 0 && cells[current]?.trim() !== 'yes' ? 'older' : null;
  };
}

const ended = new Set(['finished', 'time-up']);

/** Tells why a person of a table is left out; null: they are not. A simulated labeler may have the pseudonym of a person. */
export type CheckPerson = (pseudonym: string, isSimulated?: boolean) => 'withdrawn' | 'present' | null;

/** Leaves out people who withdrew, and people whose labels from sessions the study has already. */
export function personCheck({ storage }: Pick<Workbench, 'storage'>, studyId: number, source: string): CheckPerson {
  const people = [
    ...storage.labeling.sessions.ofStudy(studyId),
    ...storage.labelers.ofStudy(studyId).filter(isFromSession),
  ];
  const own = new Set(people.map(({ pseudonym }) => pseudonym));
  const [ofStudy, ofAny] = [storage.labeling.withdrawals.lookup(studyId), storage.labeling.withdrawals.lookup()];
  type Reasons = Map<string, ReturnType<CheckPerson>>;
  const [ofPeople, ofSimulated]: [Reasons, Reasons] = [new Map(), new Map()];
  return (pseudonym, isSimulated = false) =>
    kept(isSimulated ? ofSimulated : ofPeople, pseudonym, () => {
      const hasWithdrawn = (isSimulated ? ofAny : ofStudy).find({ source, pseudonym }) !== undefined;
      return hasWithdrawn ? 'withdrawn' : own.has(pseudonym) && !isSimulated ? 'present' : null;
    });
}

/** Counts people who are left out, once for each reason. */
export class LeftOutCount {
  readonly #people: Record<WhyLeftOut, Set<string>> = {
    unfinished: new Set(),
    excluded: new Set(),
    withdrawn: new Set(),
    present: new Set(),
  };

  add(why: WhyLeftOut, pseudonym: string): void {
    this.#people[why].add(pseudonym.trim());
  }

  get counts(): LeftOut {
    const { unfinished, excluded, withdrawn, present } = this.#people;
    return {
      unfinished: unfinished.size,
      excluded: excluded.size,
      withdrawn: withdrawn.size,
      present: present.size,
    };
  }

  /** The people of a reason, in the order in which they came. */
  names(why: WhyLeftOut): string[] {
    return [...this.#people[why]];
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }
}
