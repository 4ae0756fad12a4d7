import type { CallAnswer, CallError, Workbench } from '../../main/contract/calls.ts';

const noBridge: CallError = {
  code: 'client.no-bridge',
  what: 'This page is not connected to the program',
  where: 'window.workbench',
  remedy: 'Open it with npm start.',
};

/** The bridge that the preload script left on the window; without one, every call is answered with an error. */
export function connect(window: object): Workbench {
  const { workbench } = window as { workbench?: Workbench };
  return workbench ?? { call: () => Promise.resolve({ ok: false, error: noBridge }) };
}

/** An answer even where the connection itself breaks, e.g. because main is gone. */
export async function answerOf<Output>(call: Promise<CallAnswer<Output>>): Promise<CallAnswer<Output>> {
  try {
    return await call;
  } catch {
    const error = { code: 'client.broken', what: 'The program does not answer', where: 'this window' };
    return { ok: false, error: { ...error, remedy: 'Close the window and start again; what is stored is safe.' } };
  }
}
