import { z } from 'zod';

/** Shares are read in percent; `1/alpha`: of slopes; `κ`: of error consistency. */
export const outcomeUnits = ['%', 'bits', 'nats', 'score', 'alpha', '1/alpha', 'κ'] as const;
export type OutcomeUnit = (typeof outcomeUnits)[number];

/** Digits behind the point of differences: of slopes (1/alpha) and of points there are tens. */
export const outcomeDecimals = (unit: OutcomeUnit): number => (unit === '%' || unit === '1/alpha' ? 1 : 3);

const count = z.int();

/** How large a study shows a difference, from the variances of one that there is. */
export const sizePlanSchema = z.strictObject({
  /** Why nothing can be planned; null: it can. */
  undefined: z.string().nullable(),
  /** What pairs are: of classes, or single images that lie between none. */
  units: z.enum(['pairs', 'images']),
  /** What the study has: pairs, trainings of each cell at least, and labelers; null: these very people. */
  pairs: count,
  seeds: count,
  people: count.nullable(),
  /** The most that is tried. */
  mostPairs: count,
  mostPeople: count.nullable(),
  /** The smallest study that is expected to show the difference; half its interval, and where that lies in four of five studies like this. */
  needed: z
    .strictObject({
      pairs: count,
      seeds: count,
      people: count.nullable(),
      half: z.number(),
      low: z.number(),
      high: z.number(),
    })
    .nullable(),
  /** Half the width of the interval by number of pairs, seeds or people, all else as needed. */
  curves: z.array(
    z.strictObject({
      by: z.enum(['pairs', 'seeds', 'people']),
      series: z.array(
        z.strictObject({ name: z.string(), points: z.array(z.strictObject({ x: count, half: z.number() })) }),
      ),
    }),
  ),
  rows: z.array(
    z.strictObject({
      pairs: count,
      /** The fewest seeds of each cell, with how many people; null: not with 200, and the most people. */
      seeds: count.nullable(),
      people: count.nullable(),
      /** Half the width with the study's own seeds and people, its range, and with 200 seeds and the most people. */
      half: z.number(),
      low: z.number(),
      high: z.number(),
      least: z.number(),
      /** More trainings than there are, and hours of them on this machine; null: no seeds suffice. */
      trainings: count.nullable(),
      hours: z.number().nullable(),
      images: count,
      /** Minutes of one volunteer; null: the outcome needs none. */
      minutes: z.number().nullable(),
    }),
  ),
  /** What to do, in a sentence or two. */
  advice: z.string(),
  notes: z.array(z.string()),
});
export type SizePlan = z.infer<typeof sizePlanSchema>;
