import { useCallback, useRef, useState } from 'react';
import type { Painting } from '../../../renderer/ui/export/savable.ts';
import { type CellOverlay, StimulusGrid } from '../../../renderer/ui/images/stimulus-grid.tsx';
import { PartsAt } from '../../../renderer/ui/places/place.tsx';
import { imageSize, picture } from './images.ts';

const known = Array.from({ length: 50 }, (_, index) => picture(index));

const rowNames = Array.from({ length: 15 }, (_, row) => [`pair ${row}`]);

const overlay: CellOverlay = (context, { x, y, size }, index, color) => {
  context.fillStyle = color(index % 2 === 0 ? 'var(--people)' : 'var(--networks)');
  context.fillRect(x, y + size - 6, size, 6);
};

/** 20,000 images by their place, and a small grid of pairs x alphas. */
export function Grid() {
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [opened, setOpened] = useState<number | null>(null);
  const [seen, setSeen] = useState('');
  const drawing = useRef<() => Painting | null>(null);
  const imageAt = useCallback(
    (index: number) => ({ id: index % 50, pixels: known[index % 50] ?? null, label: `Image ${index}` }),
    [],
  );
  const toggle = (index: number) => setSelected(new Set(selected.has(index) ? [] : [...selected, index]));
  return (
    <>
      <StimulusGrid
        label="Many images"
        count={20_000}
        imageAt={imageAt}
        overlay={overlay}
        selected={selected}
        drawingRef={drawing}
        imageSize={imageSize}
        height={400}
        onOpen={setOpened}
        onToggle={toggle}
        onVisible={(first, last) => setSeen(`${first} to ${last}`)}
      />
      <PartsAt place="export.menu" title="Many images" picture={() => drawing.current?.() ?? null} />
      <StimulusGrid
        label="Pairs by alpha"
        count={15 * 11}
        imageAt={imageAt}
        imageSize={imageSize}
        columns={11}
        cell={42}
        height={300}
        rowNames={rowNames}
        columnName={(column) => (column / 10).toFixed(1)}
      />
      <output>
        opened {String(opened)}; selected {[...selected].join(' ')}; seen {seen}
      </output>
    </>
  );
}
