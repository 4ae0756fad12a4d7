import { callNameSchema, calls } from '../../contract/calls.ts';
import type { CallAnswer, CallError, CallHandlers, CallInput, CallName, CallOutput } from '../../contract/calls.ts';
import { UserError } from '../../contract/errors.ts';

/**
 * Answers a call from a page: checks the name and the input, calls the handler, checks the output. Never throws; a
 * defect is handed to `log` and reaches the page as one sentence without its details.
 */
export async function answerCall(
  handlers: CallHandlers,
  name: unknown,
  input: unknown,
  log: (error: unknown) => void,
): Promise<CallAnswer<unknown>> {
  try {
    const known = callNameSchema.safeParse(name);
    if (!known.success) return refused('call.unknown', 'The window made a call that does not exist', String(name));
    return await answerKnown(handlers, known.data, input);
  } catch (error) {
    if (error instanceof UserError) return { ok: false, error: toCallError(error) };
    log(error);
    return { ok: false, error: { ...defect, where: String(name) } };
  }
}

async function answerKnown<Name extends CallName>(
  handlers: CallHandlers,
  name: Name,
  input: unknown,
): Promise<CallAnswer<CallOutput<Name>>> {
  const { input: inputSchema, output: outputSchema } = calls[name];
  const checked = inputSchema.safeParse(input);
  if (!checked.success)
    return refused('call.bad-input', 'The window made a call with an input that is not valid', name);
  const value = await handlers[name](checked.data as CallInput<Name>);
  return { ok: true, value: outputSchema.parse(value) as CallOutput<Name> };
}

const defect = {
  code: 'call.defect',
  what: 'Something went wrong in the program',
  remedy: 'Start it again; if it stays, report it with what the terminal says.',
};

function refused(code: string, what: string, where: string): { ok: false; error: CallError } {
  return {
    ok: false,
    error: { code, what, where, remedy: 'Start the program again, so that both of its parts have one version.' },
  };
}

function toCallError({ code, message, where, remedy }: UserError): CallError {
  return { code, what: message, where, remedy };
}
