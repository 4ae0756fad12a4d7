/**
 * BOUNDARY_THOROUGH=1, as before a release: attacks, kills and repetitions in full. Otherwise their short form, which every
 * change runs.
 */
export const thorough = process.env.BOUNDARY_THOROUGH === '1';

/**
 * How many cases a property is tried on whose cases take long: `count` with BOUNDARY_THOROUGH=1, otherwise a quarter of
 * them and at least 10.
 */
export const cases = (count: number): number =>
  thorough ? count : Math.min(count, Math.max(10, Math.ceil(count / 4)));
