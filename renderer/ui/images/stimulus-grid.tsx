import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ImageSize } from '../../../main/domain/data/images.ts';
import type { Painting } from '../export/savable.ts';
import { cellAt, layoutGrid, moveIndex, cellPosition, visibleRange } from './grid-layout.ts';
import {
  type CellOverlay,
  type GridImage,
  type GridPicture,
  paintGrid,
  type RowName,
  rowNamesRoom,
  wholeGrid,
} from './grid-paint.ts';
import { ImageCache } from './pixel-image.tsx';

export type { CellBox, CellOverlay, GridImage, RowName } from './grid-paint.ts';

interface StimulusGridProps {
  /** Accessible name: `Candidates of class 3`. */
  label: string;
  count: number;
  /** The image at an index; undefined while unknown. Called for visible cells at every drawing. */
  imageAt: (index: number) => GridImage | undefined;
  /** Size of an image in its own pixels. */
  imageSize: ImageSize;
  /** Images in a row, e.g. the number of alphas; left out: as many as fit. */
  columns?: number;
  /** CSS pixels of an image. */
  cell?: number;
  /** CSS pixels under each image for an overlay's text. */
  foot?: number;
  /** CSS pixels of the scrolling box; left out: the height of all rows, up to 560. */
  height?: number;
  overlay?: CellOverlay;
  selected?: ReadonlySet<number>;
  /** Must be the same array while nothing changes. */
  rowNames?: readonly RowName[];
  columnName?: (column: number) => string;
  /** Enter or a click. */
  onOpen?: (index: number) => void;
  /** Space, or a click with Ctrl or Shift. */
  onToggle?: (index: number) => void;
  /** The cell that the keyboard has moved to. */
  onCurrent?: (index: number) => void;
  /** Called with the visible range, for screens that load images on demand. */
  onVisible?: (first: number, last: number) => void;
  /** Receives a function that gives the complete grid, to be saved. */
  drawingRef?: React.RefObject<(() => Painting | null) | null>;
}

/** Any number of images on one canvas, e.g. pairs x alphas. Only visible cells are drawn. */
export function StimulusGrid(props: StimulusGridProps) {
  const { label, count, imageAt, imageSize, columns, cell = 56, foot = 0, selected, drawingRef } = props;
  const { onOpen, onToggle, onCurrent, onVisible } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const cache = useRef<ImageCache>(null);
  cache.current ??= new ImageCache();
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const scrollerRef = useMergedRef(scroller, sized);
  const [current, setCurrent] = useState(0);
  const [focused, setFocused] = useState(false);
  const columnNames = props.columnName !== undefined;
  const rowNames = useMemo(() => (props.rowNames ? rowNamesRoom(props.rowNames) : 0), [props.rowNames]);
  const layout = useMemo(
    () => layoutGrid({ count, columns: columns ?? null, cell, foot, width, rowNames, columnNames }),
    [count, columns, cell, foot, width, rowNames, columnNames],
  );
  const fullHeight = layout.top + layout.rows * layout.down;
  const height = props.height ?? Math.min(fullHeight, 560);
  const at = Math.min(current, count - 1);

  const picture = (): GridPicture => ({
    layout,
    count,
    imageAt,
    imageSize,
    selected,
    overlay: props.overlay,
    rowNames: props.rowNames,
    columnName: props.columnName,
    current: focused ? at : null,
  });
  useImperativeHandle(drawingRef, () => () => {
    if (!canvas.current || !cache.current) return null;
    return wholeGrid(canvas.current, picture(), cache.current);
  });
  const paint = (): void => {
    const view = scroller.current;
    if (!view || !canvas.current || !cache.current || view.clientWidth === 0) return;
    const { scrollTop, scrollLeft, clientWidth, clientHeight } = view;
    paintGrid(
      canvas.current,
      picture(),
      { scrollTop, scrollLeft, width: clientWidth, height: clientHeight },
      cache.current,
    );
    const [first, last] = visibleRange(layout, count, scrollTop, clientHeight);
    if (last >= first) onVisible?.(first, last);
  };
  useLayoutEffect(paint);
  usePaintOnTheme(paint);

  const go = (index: number): void => {
    setCurrent(index);
    onCurrent?.(index);
    const view = scroller.current;
    if (!view) return;
    const { y } = cellPosition(layout, index);
    if (y - layout.top < view.scrollTop) view.scrollTop = y - layout.top;
    else if (y + layout.down > view.scrollTop + view.clientHeight) view.scrollTop = y + layout.down - view.clientHeight;
  };
  const pressed = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || count === 0) return;
    const next = moveIndex(event.key, at, layout, count, Math.max(1, Math.floor(height / layout.down) - 1));
    if (next !== null) go(next);
    else if (event.key === 'Enter') onOpen?.(at);
    else if (event.key === ' ') onToggle?.(at);
    else return;
    event.preventDefault();
  };
  const clicked = (event: React.MouseEvent): void => {
    const view = scroller.current;
    if (!view) return;
    const box = view.getBoundingClientRect();
    const x = event.clientX - box.left - view.clientLeft + view.scrollLeft;
    const y = event.clientY - box.top - view.clientTop + view.scrollTop;
    const index = cellAt(layout, count, x, y);
    if (index === null) return;
    go(index);
    if (onToggle && (event.ctrlKey || event.metaKey || event.shiftKey || !onOpen)) onToggle(index);
    else onOpen?.(index);
  };
  return (
    <div
      ref={scrollerRef}
      className="stimulus-grid"
      role="listbox"
      aria-label={label}
      aria-multiselectable={onToggle !== undefined}
      aria-activedescendant={count > 0 ? id : undefined}
      tabIndex={0}
      style={{ height: height + 2 }}
      onScroll={paint}
      onKeyDown={pressed}
      onClick={clicked}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      <div className="stimulus-grid-view" aria-hidden="true">
        <canvas ref={canvas} />
      </div>
      {/* Gives the scroller the height of the complete grid; the canvas above stays in place. */}
      <div
        aria-hidden="true"
        style={{
          height: fullHeight,
          width: layout.left + layout.columns * layout.pitch,
          maxWidth: columns === undefined ? '100%' : undefined,
          marginTop: -height,
        }}
      />
      {count > 0 && (
        <div
          id={id}
          className="sr"
          role="option"
          tabIndex={-1}
          aria-selected={selected?.has(at) ?? false}
          aria-posinset={at + 1}
          aria-setsize={count}
        >
          {imageAt(at)?.label ?? `Image ${at + 1}`}
        </div>
      )}
    </div>
  );
}

/** Redraws when the theme changes, because overlays read colors from it. */
function usePaintOnTheme(paint: () => void): void {
  const latest = useRef(paint);
  latest.current = paint;
  useEffect(() => {
    const observer = new MutationObserver(() => latest.current());
    observer.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => observer.disconnect();
  }, []);
}
