import { formatNames } from '../../domain/format.ts';

/** What an import did. */
export interface ImportOutcome {
  /** Name of the study here: another one than in the archive where that is taken. */
  name: string;
  /** Runs that were added, and those that were here already. */
  added: number;
  reused: number;
  /** Files that the archive leaves out and that are not here either, other than the product's own. */
  missing: number;
  /** Labeling sessions: added; left out as they are in another study here; left out as the person withdrew. */
  sessions: { added: number; here: number; withdrawn: number };
  /** People who withdrew where the archive was made, and are in other studies here. */
  stillHere: { pseudonym: string; studies: string[] }[];
  /** What became of the lock on the labels; null: there is none. `opened`: the labels are not those that were locked. */
  lock: 'held' | 'opened' | null;
}

/** What became of sessions and lock, in sentences, each with a space before it; '' where there is nothing to say. */
export function sessionWords({
  sessions,
  lock,
  stillHere,
}: Pick<ImportOutcome, 'sessions' | 'lock' | 'stillHere'>): string {
  const { added, here, withdrawn } = sessions;
  return [
    added > 0 ? ` ${counted(added)} came with all that was answered.` : '',
    here > 0
      ? ` ${counted(here)} ${here === 1 ? 'is' : 'are'} in another study here: of ${here === 1 ? 'it' : 'them'} the labels only.`
      : '',
    withdrawn > 0 ? ` ${withdrawn} left out, as the person withdrew.` : '',
    lock === 'held' ? ' Its labels are locked, and are those that its lock names.' : '',
    lock === 'opened' ? ' Its labels are not those that were locked, so the lock is open.' : '',
    stillHereWords(stillHere),
  ].join('');
}

function stillHereWords(people: ImportOutcome['stillHere']): string {
  if (people.length === 0) return '';
  const [who, them] = people.length === 1 ? ['1 person', 'the person'] : [`${people.length} people`, 'them'];
  const named = people.map(({ pseudonym, studies }) => `${pseudonym} (${studies.join(', ')})`);
  return ` ${who} withdrew where the archive was made, and ${people.length === 1 ? 'is' : 'are'} still here: ${formatNames(named)}. Withdraw ${them} here too.`;
}

const counted = (count: number): string => `${count} labeling ${count === 1 ? 'session' : 'sessions'}`;

/** What whoever is given an archive reads in it about people, as a sentence with a space before it; '' for nothing. */
export const privacyWords = (sessions: number): string =>
  sessions > 0 ? ` It holds every answer of ${counted(sessions)}, with its time, under pseudonyms.` : '';
