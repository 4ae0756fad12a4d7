import { parsedHere } from '../../parsed-here.ts';

/** Characters of JSON that the host may parse of a hostile file: nothing that takes long. */
export const harmless = 2 ** 16;

/** What was refused, and the longest text that this process parsed meanwhile. */
export async function refusal(work: () => Promise<unknown>): Promise<{ longest: number; data: unknown }> {
  const { longest, outcome } = await parsedHere(() =>
    work().then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  return { longest, data: outcome instanceof Error && 'data' in outcome ? outcome.data : outcome };
}

/** JSON that takes much more memory than space. */
export const nested = (mebibytes: number): string => `[${'{"a":[]},'.repeat((mebibytes * 2 ** 20) / 9)}{}]`;
