import { type KeyboardEvent, type ReactNode, useMemo } from 'react';
import { PlainTip } from './tips.tsx';

/** A point of a scatter. */
export interface ScatterPoint {
  id: string;
  x: number;
  y: number;
  label: string;
  /** Decides mark and hue: `mlp`, `cnn`, `vit`, or another kind. */
  kind: string;
  /** How many it stands for; its area says so. Left out: one. */
  count?: number;
}

/** It is walked over by keyboard. */
const reachable = { tabIndex: 0 };

export interface PointWalkProps {
  title: string;
  /** What is walked over. Default: points. */
  things?: 'points' | 'bars';
  points: readonly ScatterPoint[];
  tip: ((point: ScatterPoint) => ReactNode) | undefined;
  /** What a point without a tip of its own says. */
  lines: (point: ScatterPoint) => readonly (readonly [string, string])[];
  onOpen: ((point: ScatterPoint) => void) | undefined;
  /** Id of the point that the keys have led to, kept while a list lies over the chart; its `walk-mark` is seen with the focus. */
  at: string | null;
  setAt: (id: string | null) => void;
  children: ReactNode;
}

/** Lets arrow keys walk over points, by x and then y, and Enter open one: recharts itself does so for lines only. */
export function PointWalk({
  title,
  things = 'points',
  points,
  tip,
  lines,
  onOpen,
  at,
  setAt,
  children,
}: PointWalkProps) {
  const order = useMemo(() => [...points].sort((a, b) => a.x - b.x || a.y - b.y), [points]);
  const place = order.findIndex(({ id }) => id === at);
  const point = order[place];
  const pressed = (event: KeyboardEvent): void => {
    const to = placeAfter(event.key, place, order.length);
    if (to !== null) setAt(order[to]?.id ?? null);
    else if (event.key === 'Enter' && point) onOpen?.(point);
    else return;
    event.preventDefault();
  };
  const said = point
    ? [point.label, ...lines(point).map(([name, value]) => `${name} ${value}`)].join('; ')
    : `${order.length} ${things}`;
  return (
    <div
      className="point-walk"
      role="application"
      aria-label={`${title}. Arrow keys walk over the ${things}${onOpen ? ', Enter opens one' : ''}. ${said}`}
      {...reachable}
      onKeyDown={pressed}
    >
      {children}
      {point && (
        <div className="point-walk-tip">
          {tip ? <div className="chart-tip">{tip(point)}</div> : <PlainTip title={point.label} lines={lines(point)} />}
        </div>
      )}
    </div>
  );
}

function placeAfter(key: string, place: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowRight' || key === 'ArrowDown') return Math.min(count - 1, place + 1);
  if (key === 'ArrowLeft' || key === 'ArrowUp') return Math.max(0, place - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}
