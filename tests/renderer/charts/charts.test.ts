import { markShifts } from '../../../main/domain/results/figures.ts';
import { describe, expect, test } from 'vitest';
import { axisDomain, padDomain, axisTicks } from '../../../main/domain/settings/axes.ts';
import { heightAt } from '../../../main/domain/numbers/polyline.ts';
import {
  type LineSeries,
  nearestIndex,
  pointsWithin,
  tooltipPositions,
  seriesTable,
  valueAt,
} from '../../../renderer/charts/series.ts';
import { architectureLine } from '../../../renderer/charts/architecture.ts';
import { meanCurve, onAxis, smooth, timeUnit } from '../../../renderer/charts/curves.ts';
import { useGallery } from '../gallery/browse.ts';
import { hasBrowser, violations } from '../harness.ts';

describe('axes', () => {
  test('begin and end with the data, or where they are told to', () => {
    expect(axisDomain({ title: '' }, [3, 1, 2, Number.NaN])).toEqual([1, 3]);
    expect(axisDomain({ title: '', domain: [0, null] }, [3, 1])).toEqual([0, 3]);
    expect(axisDomain({ title: '' }, [5])).toEqual([2.5, 7.5]);
    expect(axisDomain({ title: '' }, [])).toEqual([0, 1]);
    expect(axisDomain({ title: '', log: true }, [0, -1, 0.1, 10])).toEqual([0.1, 10]);
    expect(padDomain({ title: '' }, [0, 10], 0.1)).toEqual([-1, 11]);
  });

  test('have round ticks within', () => {
    expect(axisTicks({ title: '' }, [0, 1])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(axisTicks({ title: '' }, [97.43, 98.61])).toEqual([97.5, 98, 98.5]);
    expect(axisTicks({ title: '', log: true }, [0.01, 100])).toEqual([0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100]);
  });
});

describe('series', () => {
  const series: readonly LineSeries[] = [
    {
      id: 'a',
      name: 'A',
      points: [
        [0, 1],
        [10, 2],
      ] as const,
    },
    {
      id: 'b',
      name: 'B',
      points: [
        [5, 3],
        [10, 4],
      ] as const,
    },
  ];

  const [a, b] = [series[0]!, series[1]!];

  test('share one table, a line for each x', () => {
    expect(seriesTable('Steps', series)).toEqual({
      columns: ['Steps', 'A', 'B'],
      rows: [
        [0, 1, null],
        [5, null, 3],
        [10, 2, 4],
      ],
    });
  });

  test('with intervals and values of the paper have columns for them', () => {
    const spread = { ...a, band: [[10, 1.5, 2.5]] as const, paper: [[10, 3]] as const };
    expect(seriesTable('Steps', [spread, b])).toEqual({
      columns: ['Steps', 'A', 'A: low', 'A: high', 'A: paper', 'B'],
      rows: [
        [0, 1, null, null, null, null],
        [5, null, null, null, null, 3],
        [10, 2, 1.5, 2.5, 3, 4],
      ],
    });
  });

  test('with marks and intervals stand side by side, others where they are', () => {
    const marked = (id: string) => ({ ...a, id, mark: 'o', band: [[0, 1, 2]] as const });
    expect(markShifts([marked('1'), b, marked('2'), marked('3')])).toEqual([-8, 0, 0, 8]);
    expect(markShifts([a, { ...b, mark: 'o' }])).toEqual([0, 0]);
  });

  test('know the nearest point, and stop at each x up to a number that can be told apart', () => {
    expect([-1, 4, 6, 99].map((x) => nearestIndex(series[0]!.points, x))).toEqual([0, 0, 1, 1]);
    expect(nearestIndex([], 1)).toBe(-1);
    expect(tooltipPositions(series)).toEqual([0, 5, 10]);
    const many = { id: 'm', name: 'M', points: Array.from({ length: 5000 }, (_, i) => [i, 0] as const) };
    expect(tooltipPositions([many]).length).toBe(400);
    expect(tooltipPositions([many]).at(-1)).toBe(4999);
  });
});

describe('curves', () => {
  const line = (...points: [number, number][]): LineSeries => ({ id: 'c', name: 'C', points });

  test('have a value between their ends alone, with marks at their marks alone', () => {
    const short = line([10, 1], [20, 2]);
    expect([9, 10, 14, 20, 21].map((x) => valueAt(short, x)?.[1] ?? null)).toEqual([null, 1, 1, 2, null]);
    expect([10, 14, 20].map((x) => valueAt({ ...short, mark: 'o' }, x)?.[1] ?? null)).toEqual([1, null, 2]);
    expect([9, 10, 15, 20, 21].map((x) => heightAt(short.points, x))).toEqual([null, 1, 1.5, 2, null]);
  });

  test('are cut to what an axis shows, with a point beyond each end', () => {
    const points = Array.from({ length: 100 }, (_, i) => [i, i] as const);
    expect(pointsWithin(points, 10.5, 12.5).map(([x]) => x)).toEqual([10, 11, 12, 13, 14]);
    expect(pointsWithin(points, -5, 200)).toBe(points);
    expect(pointsWithin([], 0, 1)).toEqual([]);
  });

  test('are smoothed without leaning to 0, and left alone by a weight of 0', () => {
    const raw = line([0, 4], [1, 4], [2, 4]).points;
    expect(smooth(raw, 0)).toBe(raw);
    expect(smooth(raw, 0.9).map(([, y]) => Number(y.toFixed(12)))).toEqual([4, 4, 4]);
    // (0.5 * 2 + 0.25 * 0) / 0.75
    expect(smooth(line([0, 0], [1, 2]).points, 0.5)[1]?.[1]).toBeCloseTo(4 / 3, 12);
  });

  test('have a mean and a spread over those that reach a step', () => {
    const found = meanCurve([line([0, 0], [10, 10]).points, line([0, 2], [10, 14], [20, 20]).points]);
    expect(found.points).toEqual([
      [0, 1],
      [10, 12],
      [20, 20],
    ]);
    expect(found.band).toEqual([
      [0, 0, 2],
      [10, 10, 14],
      [20, 20, 20],
    ]);
    expect(found.counts.map(([, n]) => n)).toEqual([2, 2, 1]);
  });

  test('are drawn by step, epoch or time, and not at all where that is unknown', () => {
    const points = line([100, 1], [300, 2]).points;
    const scale = { stepsPerEpoch: 200, clock: [[0, 1000] as const, [200, 3000] as const] };
    expect(onAxis(points, 'step', undefined)).toEqual(points);
    expect(onAxis(points, 'epoch', scale).map(([x]) => x)).toEqual([0.5, 1.5]);
    expect(onAxis(points, 'time', scale, 1000).map(([x]) => x)).toEqual([2, 3]);
    expect(onAxis(points, 'epoch', { stepsPerEpoch: null, clock: [] })).toEqual([]);
    expect(onAxis(points, 'time', undefined)).toEqual([]);
    expect([5000, 200_000, 2e7].map((ms) => timeUnit(ms).name)).toEqual(['s', 'min', 'h']);
  });

  test('of one architecture have its hue, and differ in dash or lightness', () => {
    const lines = Array.from({ length: 12 }, (_, place) => architectureLine('cnn', place));
    expect(lines.every(({ color }) => color.includes('var(--cnn)'))).toBe(true);
    expect(new Set(lines.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(12);
  });
});

describe.skipIf(!hasBrowser)('charts in a browser', () => {
  const open = useGallery();

  test('nothing that axe would object to, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('charts', { colorScheme });
      await page.locator('.chart-line').first().waitFor();
      expect(await violations(page)).toEqual([]);
      await page.context().close();
    }
  });

  test('3,000 points are drawn, a path for each series', async () => {
    const page = await open('points');
    await page.getByRole('button', { name: 'Draw 3,000 points' }).click();
    await page.locator('.chart-line').nth(2).waitFor();
    await expect.poll(() => page.locator('.chart-line').count()).toBe(3);
    const path = (await page.locator('.chart-line').first().getAttribute('d')) ?? '';
    expect(path.split('L')).toHaveLength(1000);

    // The other curves begin at steps 1 and 2: the tip at step 0 names the first alone.
    const chart = page.getByRole('figure', { name: /Many points/ });
    await chart.locator('svg.recharts-surface').first().focus();
    const tip = chart.locator('.chart-tip');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await tip.getByText('Steps 0', { exact: true }).waitFor();
    expect(await tip.getByText('Run 0').count()).toBe(1);
    expect(await tip.getByText(/Run [12]/).count()).toBe(0);

    // A part is dragged over, moved and left by keys.
    const drawn = (): Promise<number> =>
      page
        .locator('.chart-line')
        .first()
        .getAttribute('d')
        .then((d) => (d ?? '').split('L').length);
    const area = await page.locator('.zoom-area').boundingBox();
    if (!area) throw new Error('the plot is drawn');
    const [y, quarter] = [area.y + area.height / 2, area.width / 4];
    await page.mouse.move(area.x + quarter, y);
    await page.mouse.down();
    await page.mouse.move(area.x + 2 * quarter, y, { steps: 3 });
    await page.locator('.zoom-chosen').waitFor();
    await page.mouse.up();
    await expect.poll(drawn).toBeLessThan(260);
    expect(await drawn()).toBeGreaterThan(240);
    const ticks = chart.locator('svg.recharts-surface text');
    const before = await ticks.allTextContents();
    await page.getByRole('button', { name: 'Move right: Many points' }).press('Enter');
    await expect.poll(() => ticks.allTextContents()).not.toEqual(before);
    await page.getByRole('button', { name: 'Show all: Many points' }).press('Enter');
    await expect.poll(drawn).toBe(1000);
    await page.context().close();
  });

  test('is walked by arrow keys, and picked by a click', async () => {
    const page = await open('charts');
    const chart = page.getByRole('figure', { name: /Loss/ });
    await chart.locator('.chart-line').nth(2).waitFor();
    await chart.locator('svg.recharts-surface').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await chart.getByText('Steps 20').waitFor();
    await chart
      .locator('svg.recharts-surface')
      .first()
      .click({ position: { x: 300, y: 90 } });
    await page.getByText(/picked \d+0$/).waitFor();
    await page.context().close();
  });

  test('names targets beside the plot, where no curve covers them, and each in a line of its own', async () => {
    const page = await open('charts');
    const labels = page.locator('.chart-targets text');
    await labels.nth(2).waitFor();
    const boxes = await labels.evaluateAll((all) =>
      all.map((each) => each.getBoundingClientRect().toJSON() as DOMRect),
    );
    const drawing = await page.locator('svg:has(.chart-targets)').first().boundingBox();
    const lines = await page.locator('.chart-lines').first().boundingBox();
    const ends = { plot: (lines?.x ?? 0) + (lines?.width ?? 0), drawing: (drawing?.x ?? 0) + (drawing?.width ?? 0) };
    for (const { left, right } of boxes) {
      expect(left).toBeGreaterThanOrEqual(ends.plot);
      expect(right).toBeLessThanOrEqual(ends.drawing);
    }
    const [first, second, third] = boxes.map(({ top, bottom }) => ({ top, bottom }));
    expect(first!.bottom).toBeLessThanOrEqual(second!.top + 1);
    expect(second!.bottom).toBeLessThanOrEqual(third!.top + 1);
    await page.context().close();
  });

  test('shows its numbers as a table', async () => {
    const page = await open('charts');
    await page.getByRole('button', { name: 'Show as table: Disagreement' }).click();
    const table = page.getByRole('grid', { name: 'Disagreement' });
    await expect.poll(() => table.getByRole('row').nth(1).textContent()).toBe('97.522.520.525.51021.51081310–');
    await page.getByRole('button', { name: 'Show as chart: Disagreement' }).click();
    await page.context().close();
  });
});
