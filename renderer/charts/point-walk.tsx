import { Box } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { type ReactNode, useMemo } from 'react';
import { PlainTip } from './tips.tsx';

export interface ScatterPoint {
  id: string;
  x: number;
  y: number;
  label: string;
  /** Determines mark and hue: `mlp`, `cnn`, `vit`, or another kind. */
  kind: string;
  /** Number of things that the point stands for, shown by its area. Default: 1. */
  count?: number;
}

/** Focusable, because its points are reached by keyboard. */
const reachable = { tabIndex: 0 };

interface PointWalkProps {
  title: string;
  /** Name of what the keys move over. Default: points. */
  things?: 'points' | 'bars';
  points: readonly ScatterPoint[];
  tip: ((point: ScatterPoint) => ReactNode) | undefined;
  /** Lines of a point's tip, if it has no tip of its own. */
  lines: (point: ScatterPoint) => readonly (readonly [string, string])[];
  onOpen: ((point: ScatterPoint) => void) | undefined;
  /** Id of the current point; kept while the chart has no focus, its `walk-mark` shows only with it. */
  at: string | null;
  setAt: (id: string | null) => void;
  /** The tip shows without focus too: the pointer sets the current point. */
  shows?: boolean;
  children: ReactNode;
}

/** Moves over points by arrow keys, by x and then y; Enter opens one. recharts itself supports this for lines only. */
export function PointWalk(props: PointWalkProps) {
  const { title, things = 'points', points, tip, lines, onOpen, at, setAt, shows = false, children } = props;
  const order = useMemo(() => [...points].sort((a, b) => a.x - b.x || a.y - b.y), [points]);
  const place = order.findIndex(({ id }) => id === at);
  const point = order[place];
  const go = (index: number): void => setAt(order[Math.max(0, Math.min(order.length - 1, index))]?.id ?? null);
  const keys = getHotkeyHandler([
    ['ArrowRight', () => go(place + 1)],
    ['ArrowDown', () => go(place + 1)],
    ['ArrowLeft', () => go(place - 1)],
    ['ArrowUp', () => go(place - 1)],
    ['Home', () => go(0)],
    ['End', () => go(order.length - 1)],
    ['Enter', () => point && onOpen?.(point)],
  ]);
  const current = point
    ? [point.label, ...lines(point).map(([name, value]) => `${name} ${value}`)].join('; ')
    : `${order.length} ${things}`;
  return (
    <div
      className="point-walk"
      data-shows={shows || undefined}
      role="application"
      aria-label={`${title}. Arrow keys move over the ${things}${onOpen ? ', Enter opens one' : ''}. ${current}`}
      {...reachable}
      onKeyDown={keys}
    >
      {children}
      {point && (
        <Box className="point-walk-tip" pos="absolute" top={8} right={24} style={{ pointerEvents: 'none' }}>
          {tip ? <div className="chart-tip">{tip(point)}</div> : <PlainTip title={point.label} lines={lines(point)} />}
        </Box>
      )}
    </div>
  );
}
