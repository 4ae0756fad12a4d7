import { analystCommandSchema, type AnalystMessage, type ResultCall } from './result-calls.ts';
import { UserError } from '../../contract/errors.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type { AnswerCache } from './answer-cache.ts';
import { contentKey, type Desk } from './desk.ts';

/** Answers that took longer are kept on disk, in milliseconds. */
const worthKeeping = 300;

/** Calls whose answers depend on more than labels and predictions. */
const fresh = new Set<ResultCall>(['overview', 'image', 'selfTest']);

/** Answers one command of the parent, whatever happens. */
export function answerCommand(desk: Desk, cache: AnswerCache | null, message: unknown): AnalystMessage | null {
  const command = analystCommandSchema.safeParse(message);
  if (!command.success) return null;
  const { id, call, input } = command.data;
  try {
    return { type: 'answer', id, output: answer(desk, cache, call, input) };
  } catch (error) {
    if (error instanceof UserError) {
      const { code, message: what, where, remedy } = error;
      return { type: 'refused', id, code, what, where, remedy };
    }
    return { type: 'failed', id, detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function answer(desk: Desk, cache: AnswerCache | null, call: ResultCall, input: unknown): unknown {
  // Each call's input was checked by its own schema where it came in.
  const work = desk[call] as (input: unknown) => unknown;
  if (!cache || fresh.has(call)) return work(input);
  const studies = new Set(JSON.stringify(input).match(/"study":"(?:[^"\\]|\\.)*"/g) ?? []);
  const contents = [...studies].map((study) => contentKey(desk.source(JSON.parse(`{${study}}`).study as string)));
  const key = canonicalJson([call, input, contents]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const started = performance.now();
  const output = work(input);
  if (performance.now() - started > worthKeeping) cache.put(key, output);
  return output;
}
