import type { SeedMatrix } from '../../main/contract/api/models.ts';
import { useParameter } from '../navigation/addresses.ts';
import './recipes.css';

export type Cell = Omit<SeedMatrix['groups'][number]['cells'][number], 'repeat'>;

const parts = ['missed', 'failed', 'cancelled', 'running', 'waiting', 'stopped', 'missing'] as const;

const words: Record<(typeof parts)[number], string> = {
  missed: 'missed the target',
  failed: 'failed',
  cancelled: 'cancelled',
  running: 'running',
  waiting: 'queued',
  stopped: 'stopped',
  missing: 'not started',
};

/** How many trainings of a cell reached the target, and how the others stand. Opens the first of those. */
export function CellBox({ cell }: { cell: Cell }) {
  const [, openRun] = useParameter('run');
  const [first] = cell.runs;
  const rest = parts.filter((part) => cell[part] > 0).map((part) => `${cell[part]} ${words[part]}`);
  const content = (
    <>
      <span>
        {cell.done} of {cell.planned}
      </span>
      <span className="matrix-bar" aria-hidden="true">
        {(['done', 'missed', 'failed', 'running'] as const).map((part) => (
          <span key={part} data-part={part} style={{ width: `${(100 * cell[part]) / Math.max(1, cell.planned)}%` }} />
        ))}
      </span>
      {rest.length > 0 && <small>{rest.join(', ')}</small>}
    </>
  );
  const marks = {
    className: 'matrix-cell',
    'data-full': cell.done === cell.planned || undefined,
    'data-failed': cell.failed > 0 || undefined,
  };
  return first === undefined ? (
    <span {...marks}>{content}</span>
  ) : (
    <button
      type="button"
      {...marks}
      title="Open the first run that did not reach the target"
      onClick={() => openRun(String(first))}
    >
      {content}
    </button>
  );
}
