import { vi } from 'vitest';

/** What `work` gave, and how many characters the longest text has that this process parsed as JSON meanwhile. */
export async function parsedHere<T>(work: () => Promise<T>): Promise<{ longest: number; outcome: T }> {
  const parse = vi.spyOn(JSON, 'parse');
  try {
    const outcome = await work();
    return { longest: Math.max(0, ...parse.mock.calls.map(([text]) => String(text).length)), outcome };
  } finally {
    parse.mockRestore();
  }
}
