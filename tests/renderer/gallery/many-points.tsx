import { Button } from '@mantine/core';
import { useLayoutEffect, useState } from 'react';
import { LineChart, type LineSeries, type Point } from '../../../renderer/charts/line-chart.tsx';

/** 3,000 points in one run's curves, or 20 runs of 1,000: drawn on demand, and the time that it took. */
export function ManyPoints() {
  const [shown, setShown] = useState<{ series: LineSeries[]; since: number } | null>(null);
  const [took, setTook] = useState<number | null>(null);
  const show = (curves: number, points: number) => () => {
    setTook(null);
    setShown({ series: curvesOf(curves, points), since: performance.now() });
  };
  useLayoutEffect(() => {
    if (!shown || took !== null) return;
    // A frame later the drawing is on the screen.
    requestAnimationFrame(() => setTimeout(() => setTook(performance.now() - shown.since)));
  }, [shown, took]);
  return (
    <>
      <Button variant="filled" onClick={show(3, 1000)}>
        Draw 3,000 points
      </Button>
      <Button variant="filled" onClick={show(20, 1000)}>
        Draw 20 runs
      </Button>
      {shown && (
        <LineChart
          key={shown.since}
          title="Many points"
          x={{ title: 'Steps' }}
          y={{ title: 'Loss' }}
          series={shown.series}
          zooms
        />
      )}
      <output>{took === null ? 'waiting' : `${took.toFixed(1)} ms`}</output>
    </>
  );
}

const curvesOf = (curves: number, points: number): LineSeries[] =>
  Array.from({ length: curves }, (_, curve) => ({
    id: String(curve),
    name: `Run ${curve}`,
    points: Array.from(
      { length: points },
      (_, i): Point => [i * 7 + curve, 2 / (1 + i * 0.01 * (curve + 1)) + 0.1 * Math.sin(i * 12.9)],
    ),
  }));
