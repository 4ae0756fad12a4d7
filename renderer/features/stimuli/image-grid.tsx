import { useMemo, useRef } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { className, formatAlpha, shortNames } from '../../../main/domain/numbers/format.ts';
import type { Painting } from '../../ui/export/savable.ts';
import { PartsAt } from '../../ui/places/place.tsx';
import { decodePixels, imageAt } from '../../ui/images/pixel-image.tsx';
import { StimulusGrid } from '../../ui/images/stimulus-grid.tsx';
import { useThumbnailSize } from '../../ui/images/thumbnails.ts';
import { mostFrequentLabel } from '../../ui/words/votes.ts';
import { expectedSize, type StripResult } from './use-stimuli.ts';
import { labelCounts } from '../../stimuli/vote-table.tsx';

interface ImageGridProps {
  state: StimuliState;
  strips: readonly StripResult[];
  onOpen: (image: number) => void;
}

/** Size of an image, in CSS pixels: fifteen rows fit on a high screen. */
const usualCell = 48;

/** All images, one row per pair and one column per alpha, as in the paper's Figure 3. */
export function ImageGrid({ state, strips, onOpen }: ImageGridProps) {
  const drawing = useRef<() => Painting | null>(null);
  const cell = useThumbnailSize(usualCell);
  const rows = useMemo(() => strips.map((answer) => readRow(answer, state.classes.length)), [strips, state.classes]);
  const alphas = strips.find(({ strip }) => strip)?.strip?.alphas ?? [];
  const columns = alphas.length || state.draft?.alphas || state.frozen?.alphas.length || 11;
  const images = strips.find(({ strip }) => strip)?.strip?.images;
  const imageSize = images ?? expectedSize(state);
  const rowNames = useMemo(
    () => strips.map(({ pair }) => pair.map((k) => className(state.classes, k))),
    [strips, state.classes],
  );
  const short = useMemo(() => shortNames(state.classes, 4), [state.classes]);
  const pairLabel = (row: number): string => rowNames[row]?.join(' – ') ?? '';
  const cellAt = (index: number) => {
    const row = Math.floor(index / columns);
    return { row, column: index % columns, data: rows[row] };
  };
  return (
    <div className="stimuli-grid">
      <StimulusGrid
        label="All images: a row for each pair, a column for each alpha. Enter opens one."
        count={strips.length * columns}
        columns={columns}
        cell={cell}
        height={Math.min(strips.length * (cell + 4) + 26, (820 * cell) / usualCell)}
        imageSize={imageSize}
        drawingRef={drawing}
        rowNames={rowNames}
        columnName={(column) => formatAlpha(alphas[column] ?? column / (columns - 1))}
        imageAt={(index) => {
          const { row, column, data } = cellAt(index);
          const label = `${pairLabel(row)}, alpha ${formatAlpha(alphas[column] ?? column / (columns - 1))}`;
          if (!data) return { id: `wait-${index}`, pixels: null, label };
          const winner = mostFrequentLabel(data.votes?.[column] ?? null);
          return {
            id: `${data.key}-${column}`,
            pixels: imageAt(data.pixels, imageSize, column),
            label: winner === null ? label : `${label}, most networks: ${state.classes[winner]}`,
          };
        }}
        overlay={(context, box, index, color) => {
          const { column, data } = cellAt(index);
          const votes = data?.votes?.[column];
          const winner = mostFrequentLabel(votes ?? null);
          if (!votes || winner === null) return;
          const agree = (votes[winner] ?? 0) === votes.reduce((sum, count) => sum + count, 0);
          const text = short[winner] ?? '';
          context.font = '600 11px system-ui, sans-serif';
          const wide = context.measureText(text).width + 7;
          context.fillStyle = agree ? color('var(--networks-5)') : color('var(--networks-2)');
          context.fillRect(box.x + box.size - wide, box.y + box.size - 15, wide, 15);
          context.fillStyle = agree ? color('var(--networks-5-text)') : color('var(--networks-2-text)');
          context.textAlign = 'center';
          context.textBaseline = 'middle';
          context.fillText(text, box.x + box.size - wide / 2, box.y + box.size - 7);
        }}
        onOpen={(index) => {
          const { row, column } = cellAt(index);
          const id = strips[row]?.strip?.ids[column];
          if (id !== undefined) onOpen(id);
        }}
      />
      <PartsAt place="export.menu" title="Stimuli" picture={() => drawing.current?.() ?? null} />
    </div>
  );
}

interface Row {
  /** Differs for different images, so that cached ones are not reused. */
  key: string;
  pixels: Uint8Array;
  votes: number[][] | null;
}

const numbers = new WeakMap<object, number>();
let last = 0;

function readRow({ strip }: StripResult, classCount: number): Row | null {
  if (!strip) return null;
  const number = numbers.get(strip.images) ?? ++last;
  numbers.set(strip.images, number);
  return {
    key: String(number),
    pixels: decodePixels(strip.images.pixels),
    votes: labelCounts(strip.votes, classCount, strip.images.count),
  };
}
