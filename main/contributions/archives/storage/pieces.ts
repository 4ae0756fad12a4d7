import type { PanelRow } from '../../answers/storage/panels.ts';
import type {
  LabelingArchive,
  PanelArchive,
  ResponsesArchive,
  RunArchive,
  SessionArchive,
  StimulusSetArchive,
  StudyArchive,
} from '../format.ts';

type Rows<T, Names extends keyof T> = { [Name in Names]?: T[Name] };

/** Lists of a run, of which each piece has some rows. */
export type RunRows = Rows<RunArchive, 'checkpoints' | 'snapshots' | 'grids' | 'log' | 'metrics' | 'attempts'>;

/** Lists of a session. Notes come with the index of their sitting. */
export type SessionRows = Rows<SessionArchive, 'events' | 'paper'> & {
  sittings?: Omit<SessionArchive['sittings'][number], 'notes'>[];
  notes?: { sitting: number; note: SessionArchive['sittings'][number]['notes'][number] }[];
};

type PanelPerson = Extract<PanelArchive, { kind: 'set' }>['people'][number]['labeler'];
type Labeler = ResponsesArchive['labelers'][number];

/**
 * A checked archive in pieces of some hundred rows, in the order in which they are stored: whatever a piece refers to
 * came before it. Rows of a run, a set, a labeler or a session follow its own piece, before the next one of its kind.
 */
export type ArchivePiece =
  | ({ kind: 'study' } & Pick<StudyArchive, 'name' | 'createdAt' | 'dataSets'>)
  | ({ kind: 'settings' } & Pick<StudyArchive, 'settings'>)
  | ({ kind: 'specs' } & Pick<StudyArchive, 'specs'>)
  | ({ kind: 'run' } & { run: Omit<RunArchive, keyof RunRows>; attempts: number })
  | { kind: 'run-rows'; rows: RunRows }
  | ({ kind: 'links' } & Pick<StudyArchive, 'links'>)
  | { kind: 'set'; set: Omit<StimulusSetArchive, 'images'> }
  | ({ kind: 'images' } & Pick<StimulusSetArchive, 'images'>)
  | { kind: 'set-end' }
  | ({ kind: 'sets' } & Pick<StudyArchive, 'sets'>)
  | ({ kind: 'predictions' } & Pick<StudyArchive, 'predictions'>)
  | { kind: 'outside'; models: NonNullable<StudyArchive['outside']> }
  | ({ kind: 'withdrawals' } & Pick<LabelingArchive, 'withdrawals'>)
  | ({ kind: 'plans' } & Pick<LabelingArchive, 'plans'>)
  | ({ kind: 'locks' } & Pick<LabelingArchive, 'locks'>)
  | { kind: 'labeler'; labeler: Omit<Labeler, 'log'>; firstAt: number | null }
  | ({ kind: 'responses' } & Pick<Labeler, 'log'>)
  | { kind: 'labeler-end' }
  | {
      kind: 'panel';
      panel: Pick<PanelArchive, 'kind' | 'setHash' | 'source' | 'key' | 'findings' | 'importedAt' | 'used'>;
    }
  | { kind: 'panel-answers'; rows: (Pick<PanelRow, 'amount' | 'answers'> & { labeler: PanelPerson | null })[] }
  | { kind: 'session'; session: Omit<SessionArchive, keyof SessionRows> }
  | { kind: 'session-rows'; rows: SessionRows }
  | { kind: 'session-end' };
