import { ActionIcon } from '@mantine/core';
import { IconArrowsHorizontal, IconChevronLeft, IconChevronRight, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { usePlotArea, useXAxisInverseScale, useXAxisScale } from 'recharts';
import type { Domain } from '../../main/domain/settings/axes.ts';

/** The shown part of a linear x axis, and what changes it. */
export interface Zoom {
  shown: Domain;
  isZoomed: boolean;
  /** Shows a part; one that is wider than the axis is the axis. */
  show: (part: Domain) => void;
  /** Makes the shown part `factor` times as wide, around a value. */
  scale: (factor: number, around?: number) => void;
  /** Moves by a share of the shown part; stops at the ends. */
  move: (share: number) => void;
  reset: () => void;
}

/** Most that an axis is enlarged. */
const mostEnlarged = 5000;

/** `full` may grow while data come in: what is shown stays, until all is shown again. */
export function useZoom(full: Domain): Zoom {
  const [part, setPart] = useState<Domain | null>(null);
  const shown = part ?? full;
  const show = ([low, high]: Domain): void => {
    const length = Math.max((full[1] - full[0]) / mostEnlarged, high - low);
    if (length >= full[1] - full[0]) return setPart(null);
    const begin = Math.min(full[1] - length, Math.max(full[0], low));
    setPart([begin, begin + length]);
  };
  return {
    shown,
    isZoomed: part !== null,
    show,
    scale: (factor, around = (shown[0] + shown[1]) / 2) =>
      show([around - factor * (around - shown[0]), around + factor * (shown[1] - around)]),
    move: (share) => show([shown[0] + share * (shown[1] - shown[0]), shown[1] + share * (shown[1] - shown[0])]),
    reset: () => setPart(null),
  };
}

/** Buttons for what the mouse does in the plot, so that keys can. @param title of the chart */
export function ZoomTools({ zoom, title }: { zoom: Zoom; title: string }) {
  const tool = (label: string, icon: React.ReactNode, onClick: () => void) => (
    <ActionIcon size="sm" className="no-print" aria-label={`${label}: ${title}`} title={label} onClick={onClick}>
      {icon}
    </ActionIcon>
  );
  return (
    <>
      {zoom.isZoomed && (
        <>
          {tool('Move left', <IconChevronLeft size={16} stroke={1.5} />, () => zoom.move(-0.5))}
          {tool('Move right', <IconChevronRight size={16} stroke={1.5} />, () => zoom.move(0.5))}
          {tool('Show all', <IconArrowsHorizontal size={16} stroke={1.5} />, zoom.reset)}
          {tool('Zoom out', <IconZoomOut size={16} stroke={1.5} />, () => zoom.scale(2))}
        </>
      )}
      {tool('Zoom in (drag over a part of the chart)', <IconZoomIn size={16} stroke={1.5} />, () => zoom.scale(0.5))}
    </>
  );
}

/** Pixels that a pointer has to move for a part to be chosen. */
const leastDragged = 5;

interface Drag {
  /** x at the start, and x by how many pixels, as the axis was then. */
  from: number;
  pixels: number;
  shown: Domain;
  moves: boolean;
}

/**
 * A transparent area over the plot. Dragging chooses the part to show; with Shift, or the middle button, it moves what is
 * shown. A pinch or Ctrl and the wheel zoom around the pointer, sideways wheels move, a double click shows all.
 */
export function ZoomArea({ zoom }: { zoom: Zoom }) {
  const area = usePlotArea();
  const toValue = useXAxisInverseScale();
  const toPixel = useXAxisScale();
  const rect = useRef<SVGRectElement>(null);
  const drag = useRef<Drag | null>(null);
  const [chosen, setChosen] = useState<Domain | null>(null);
  const valueAt = (clientX: number): number => {
    const box = rect.current?.getBoundingClientRect();
    return Number(toValue?.((area?.x ?? 0) + clientX - (box?.left ?? 0)));
  };
  const wheel = useRef<(event: WheelEvent) => void>(() => undefined);
  wheel.current = (event) => {
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) zoom.scale(Math.exp(event.deltaY / 300), valueAt(event.clientX));
    else if (zoom.isZoomed && Math.abs(sideways) > (event.shiftKey ? 0 : Math.abs(event.deltaY)))
      zoom.move(sideways / (area?.width ?? 1000));
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    // Not React's, whose wheel events cannot keep the page from scrolling.
    const turned = (event: WheelEvent): void => wheel.current(event);
    const element = rect.current;
    element?.addEventListener('wheel', turned, { passive: false });
    return () => element?.removeEventListener('wheel', turned);
  }, []);
  const begin = (event: PointerEvent<SVGRectElement>): void => {
    if (event.button > 1) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const moves = event.shiftKey || event.button === 1;
    drag.current = { from: valueAt(event.clientX), pixels: event.clientX, shown: zoom.shown, moves };
  };
  const go = (event: PointerEvent<SVGRectElement>): void => {
    if (!drag.current) return;
    const { from, pixels, shown, moves } = drag.current;
    if (moves) {
      const by = ((pixels - event.clientX) / (area?.width ?? 1)) * (shown[1] - shown[0]);
      zoom.show([shown[0] + by, shown[1] + by]);
    } else if (chosen || Math.abs(event.clientX - pixels) >= leastDragged) setChosen([from, valueAt(event.clientX)]);
  };
  const end = (): void => {
    drag.current = null;
    if (chosen) zoom.show([Math.min(...chosen), Math.max(...chosen)]);
    setChosen(null);
  };
  const [left, right] = (chosen ?? [0, 0])
    .map((value) => Math.min((area?.x ?? 0) + (area?.width ?? 0), Math.max(area?.x ?? 0, Number(toPixel?.(value)))))
    .sort((a, b) => a - b);
  return (
    <>
      {chosen && left !== undefined && right !== undefined && (
        <rect
          className="zoom-chosen"
          x={left}
          y={area?.y ?? 0}
          width={right - left}
          height={area?.height ?? 0}
          fill="var(--accent)"
          fillOpacity={0.15}
          stroke="var(--accent)"
        />
      )}
      <rect
        ref={rect}
        className="zoom-area"
        x={area?.x ?? 0}
        y={area?.y ?? 0}
        width={area?.width ?? 0}
        height={area?.height ?? 0}
        fill="transparent"
        onPointerDown={begin}
        onPointerMove={go}
        onPointerUp={end}
        onPointerCancel={end}
        onDoubleClick={zoom.reset}
      />
    </>
  );
}
