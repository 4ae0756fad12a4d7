/**
 * BOUNDARY_THOROUGH=1, as before a release: attacks, kills and repetitions in full. Otherwise their short form, which every
 * change runs.
 */
export const thorough = process.env.BOUNDARY_THOROUGH === '1';
