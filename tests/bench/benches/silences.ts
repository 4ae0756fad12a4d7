import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

const resultSchema = z.strictObject({
  people: z.int(),
  stimuli: z.int(),
  trainings: z.int(),
  results: z.array(
    z.strictObject({
      what: z.string(),
      ms: z.number(),
      late: z.number(),
      longest: z.number(),
      computed: z.number(),
      answers: z.int(),
      refused: z.int(),
      answer: z.number(),
      slowest: z.number(),
    }),
  ),
});

/**
 * Limits in milliseconds: 99.9th percentile of the event loop's delay, 95th of the time from key to next image, and the time
 * until a start gives its address.
 */
const allowed = { late: 100, answer: 50, start: 3000 };

/** The host's silences while somebody labels and a researcher does what is slow. */
export async function benchSilences({ options, log }: BenchContext): Promise<Section[]> {
  const size = options.quick ? ['30', '500', '100'] : ['300', '5000', '1000'];
  const weights = options.quick ? ['--weights', '100'] : [];
  log(`Silences of the host: ${size.join(' x ')}`);
  const data = await scriptResult('silences.ts', [...size, ...weights], resultSchema);
  const rows = data.results.map(({ what, ms, answers, refused, ...times }) => {
    const isPrompt = !what.startsWith('start after') || ms <= allowed.start;
    const isMet = times.late <= allowed.late && times.answer <= allowed.answer && refused === 0 && isPrompt;
    return [
      what,
      (ms / 1000).toFixed(1),
      ...[times.late, times.longest, times.computed].map((each) => each.toFixed(0)),
      ...[times.answer, times.slowest].map((each) => each.toFixed(1)),
      `${answers.toLocaleString('en')}, ${refused}`,
      isMet ? 'met' : 'MISSED',
    ];
  });
  const what = `${data.people} sessions of ${data.stimuli.toLocaleString('en')} images`;
  const head = [
    ...[`${what}, ${data.trainings.toLocaleString('en')} trainings`, 's', 'delay p99.9 in ms', 'maximum', 'computed'],
    ...['answer p95', 'maximum', 'answers, refused', `p99.9 ${allowed.late}, p95 ${allowed.answer}`],
  ];
  return [{ name: 'silences', table: markdownTable(head, rows), data }];
}
