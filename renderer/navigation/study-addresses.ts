/** The screens of a study, in the order of its pipeline. */
export const studySteps = [
  { name: 'Overview', path: '' },
  { name: 'Generator', path: '/generator' },
  { name: 'Stimuli', path: '/stimuli' },
  { name: 'Models', path: '/models' },
  { name: 'Labeling', path: '/labeling' },
  { name: 'Results', path: '/results' },
  { name: 'Report', path: '/report' },
] as const;

export const studyAddress = (study: string, path = ''): string => `/studies/${encodeURIComponent(study)}${path}`;

/** The study that an address is in, or null. */
export function studyIn(address: string): string | null {
  const name = /^\/studies\/([^/?]+)/.exec(address)?.[1];
  return name === undefined ? null : safelyDecoded(name);
}

function safelyDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
