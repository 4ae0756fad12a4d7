import { missing } from '../../analysis/labels.ts';
import type { ImageDetail } from '../../contract/api/results-compare.ts';
import { cannotTellChoice, type Medium } from '../../contract/labeling/plan.ts';
import type { ResponseRecord } from '../../storage/responses.ts';
import type { SessionRecord } from '../../storage/labeling/sessions.ts';
import type { Storage } from '../../storage/open.ts';
import type { Source, SourceLabeler } from '../analysis-input.ts';

type ImageLabel = ImageDetail['labels'][number];
type Said = ImageLabel['earlier'][number];
type History = Pick<ImageLabel, 'label' | 'instead' | 'at' | 'how' | 'responseMs' | 'earlier'>;

const iso = (ms: number): string => new Date(ms).toISOString();

/** What one labeler said about one image, now and before, each with its own time. */
export function labelOf(
  storage: Storage,
  { setHash }: Source,
  { record, name, labels }: SourceLabeler,
  image: number,
  id: number,
): ImageLabel {
  const label = labels[image] === missing ? null : labels[image]!;
  const session = storage.labeling.sessions.findByLabeler(record.id);
  const log = storage.responses.imageLog(setHash, record.id, id);
  return {
    ...{ labelerId: record.id, pseudonym: name, simulated: record.simulated },
    ...((session?.setHash === setHash && inSession(storage, session, id)) ||
      fromTable(log, record.simulated ? 'simulated' : 'imported')),
    label,
  };
}

/** From the session's own log: responses are stored when a session ends, all at once. Null: nothing happened there. */
function inSession(storage: Storage, session: SessionRecord, id: number): History | null {
  const trials = storage.labeling.sessions.trials(session.id);
  const trial = trials.findIndex(({ image, kind }) => image === id && kind === 'real');
  const events = trial < 0 ? [] : storage.labeling.log.trialEvents(session.id, trial);
  const last = events.at(-1);
  if (!last) return null;
  const said = events.flatMap(({ kind, choice, openedAt, atMs }): Said[] => {
    if (kind === 'undo') return [];
    const at = iso(openedAt + atMs);
    return kind === 'timeout'
      ? [{ label: null, instead: 'timeout', at }]
      : [
          choice === cannotTellChoice
            ? { label: null, instead: 'cannot-tell', at }
            : { label: choice, instead: null, at },
        ];
  });
  const isOpen = last.kind === 'undo';
  const now: Said = (isOpen ? undefined : said.at(-1)) ?? { label: null, instead: 'blank', at: null };
  return {
    ...now,
    how: howOf(last.medium),
    responseMs: last.kind === 'answer' && last.medium !== 'paper' ? last.atMs - last.shownMs : null,
    earlier: isOpen ? said : said.slice(0, -1),
  };
}

/** Paper has no clock: its times are those of typing it in. */
const howOf = (medium: Medium): History['how'] => (medium === 'paper' ? 'entered' : 'given');

/** Labels of a file or a rehearsal: all that is known is when they came in. */
function fromTable(log: readonly ResponseRecord[], how: 'imported' | 'simulated'): History {
  const said = log.map(({ label, at }): Said => ({ label, instead: label === null ? 'blank' : null, at: iso(at) }));
  const last = said.at(-1) ?? { label: null, instead: 'none' as const, at: null };
  return { ...last, how, responseMs: null, earlier: said.slice(0, -1) };
}
