import { z } from 'zod';
import { architectureKinds } from '../recipes/recipes.ts';
import { effectNumberSchema, groupSchema, whichSchema } from './exhibit.ts';

/**
 * A figure as data: made once in `main/exhibits`, drawn by the page (`renderer/charts/figure.tsx`) and by reports and SVG
 * files (`main/reports/drawings`), which know no result. What both write of a mark is in `main/domain/results/figures.ts`.
 */

/** What a click on a mark shows: images, those that a number counts, or what is behind numbers of Effects. */
const opensSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('images'), images: z.array(z.int()), title: z.string() }),
  z.strictObject({ kind: z.literal('which'), group: groupSchema.nullable(), which: whichSchema, title: z.string() }),
  z.strictObject({ kind: z.literal('numbers'), numbers: z.array(effectNumberSchema) }),
]);
export type Opens = z.infer<typeof opensSchema>;

const range = z.tuple([z.number(), z.number()]);

const axisSchema = z.strictObject({
  /** With its unit: `Percent of images`. */
  title: z.string(),
  /** Digits behind the point of its values; left out: three significant digits. */
  decimals: z.int().optional(),
  /** Ends; left out: from the data. */
  from: z.number().optional(),
  to: z.number().optional(),
  /** Left out: round numbers. */
  ticks: z.array(z.number()).optional(),
  /** What stands in place of the numbers of `ticks`. */
  names: z.array(z.string()).optional(),
});
export type FigureAxis = z.infer<typeof axisSchema>;

/** What is drawn in one color; both drawers have one for each. Those of architectures are in `main/domain/networks/architectures.ts`. */
export const hues = [
  ...['people', 'networks', 'type_a', 'type_c', 'both_disagree', 'both_agree', 'ink', 'soft', 'paper'],
  ...['series-1', 'series-2', 'series-3', 'series-4', 'series-5'],
  ...architectureKinds,
] as const;
export const shapes = [
  ...['circle', 'square', 'triangle', 'wedge', 'plus', 'hexagon', 'diamond', 'ring', 'cross'],
] as const;
export type Shape = (typeof shapes)[number];
export type Hue = (typeof hues)[number];
export const dashes = ['none', 'long', 'short', 'mixed', 'dots', 'wide-dots', 'two-dots', 'three-dots'] as const;

const pointSchema = z.strictObject({
  x: z.number(),
  y: z.number(),
  interval: range.optional(),
  /** Size of the sample behind it. */
  n: z.int().optional(),
  opens: opensSchema.optional(),
});

/** Curves over numbers, with intervals, the paper's values, and highlighted points. */
const linesSchema = z.strictObject({
  kind: z.literal('lines'),
  title: z.string(),
  n: z.string().optional(),
  x: axisSchema,
  y: axisSchema,
  series: z.array(
    z.strictObject({
      name: z.string(),
      hue: z.enum(hues),
      dash: z.enum(dashes),
      /** Drawn at each point; intervals are whiskers then, else a band. */
      mark: z.enum(shapes).optional(),
      /** `thin`: one of many. `faint`: raw values behind a curve, without an entry in the legend. */
      weight: z.enum(['thin', 'faint']).optional(),
      /** No line joins its marks: their places are names. */
      joined: z.literal(false).optional(),
      /** Ascending in x. */
      points: z.array(pointSchema),
      paper: z.array(z.strictObject({ x: z.number(), y: z.number() })).optional(),
    }),
  ),
  /** Rings. */
  markers: z
    .array(
      z.strictObject({
        x: z.number(),
        y: z.number(),
        name: z.string(),
        hue: z.enum(hues),
      }),
    )
    .optional(),
  /** What rings are, and what whiskers are. */
  ringName: z.string().optional(),
  intervalName: z.string().optional(),
});
export type LinesChart = z.infer<typeof linesSchema>;

/** Points of several kinds. */
const pointsSchema = z.strictObject({
  kind: z.literal('points'),
  title: z.string(),
  n: z.string().optional(),
  x: axisSchema,
  y: axisSchema,
  kinds: z.array(
    z.strictObject({
      name: z.string(),
      hue: z.enum(hues),
      mark: z.enum(shapes),
      points: z.array(
        z.strictObject({
          x: z.number(),
          y: z.number(),
          /** `Image 12`. */
          name: z.string(),
          /** How many things it stands for, shown by its area; left out: 1. */
          count: z.int().optional(),
          opens: opensSchema.optional(),
        }),
      ),
    }),
  ),
});
export type PointsChart = z.infer<typeof pointsSchema>;

/** Bars by category and series. Their axis begins at 0. */
const barsSchema = z.strictObject({
  kind: z.literal('bars'),
  title: z.string(),
  n: z.string().optional(),
  xTitle: z.string(),
  y: axisSchema,
  series: z.array(z.strictObject({ name: z.string(), hue: z.enum(hues) })),
  categories: z.array(
    z.strictObject({
      name: z.string(),
      /** In the order of `series`; null: no bar. */
      bars: z.array(
        pointSchema.omit({ x: true, y: true }).extend({ value: z.number(), paper: z.number().optional() }).nullable(),
      ),
    }),
  ),
  /** What error bars are. */
  intervalName: z.string().optional(),
});
export type BarsChart = z.infer<typeof barsSchema>;

/** Estimates in rows, each with its interval, beside vertical lines. */
const rowsSchema = z.strictObject({
  kind: z.literal('rows'),
  /** Empty: the figure's, of which it is the only chart. */
  title: z.string(),
  /** Sample of the chart: `n = 150 images`. */
  n: z.string().optional(),
  x: axisSchema,
  /** What a row is: `Level`. */
  rowName: z.string(),
  valueName: z.string(),
  intervalName: z.string(),
  /** What wider intervals are; left out: there are none. */
  widerName: z.string().optional(),
  /** At most two; the names of two stand on either side. */
  lines: z.array(z.strictObject({ at: z.number(), name: z.string() })),
  rows: z.array(
    z.strictObject({
      name: z.string(),
      /** Null: there is none. */
      value: z.number().nullable(),
      interval: range.nullable(),
      wider: range.nullable(),
      /** A few words at the end of the row. */
      verdict: z.string(),
      /** Why there is no value, or no interval: a sentence. */
      undefined: z.string().nullable(),
      /** Drawn full: told apart from the line. */
      full: z.boolean(),
      opens: opensSchema.optional(),
    }),
  ),
});
export type RowsChart = z.infer<typeof rowsSchema>;

/** Agreement of every rater with every other. A cell opens the images on which the two differ. */
const matrixSchema = z.strictObject({
  kind: z.literal('matrix'),
  title: z.string(),
  n: z.string().optional(),
  /** Values are -1 to 1; false: 0 to 1. */
  signed: z.boolean(),
  raters: z.array(
    z.strictObject({
      name: z.string(),
      of: z.enum(['person', 'model']),
      hue: z.enum(hues),
      mark: z.enum(shapes).optional(),
    }),
  ),
  /** [rater][rater]; null: undefined, or the diagonal. */
  values: z.array(z.array(z.number().nullable())),
  /** The group that its networks are of; null: there are people alone. */
  group: groupSchema.nullable(),
  /** Why there are no raters and values: a sentence; absent: there are. */
  undefined: z.string().optional(),
});
export type MatrixChart = z.infer<typeof matrixSchema>;

const chartSchema = z.discriminatedUnion('kind', [linesSchema, pointsSchema, barsSchema, rowsSchema, matrixSchema]);
export type Chart = z.infer<typeof chartSchema>;

export const figureSchema = z.strictObject({
  /** Names its files: `effects-figure`. */
  id: z.string(),
  /** The paper's number of the figure: `Figure 2`; absent: the paper has no such figure. */
  number: z.string().optional(),
  title: z.string(),
  /** Labels of people (or of simulated labelers) went into it. */
  people: z.boolean(),
  charts: z.array(chartSchema),
  /** What must be known to read it, a sentence or two each. */
  notes: z.array(z.string()),
});
export type Figure = z.infer<typeof figureSchema>;
