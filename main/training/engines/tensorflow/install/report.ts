/** What an installation tells while it works. A step begins, speaks while it runs, and ends with its time. */
export type InstallEvent =
  | { type: 'begin'; step: string }
  /** How far the step is, e.g. `120 of 274 MB`. */
  | { type: 'progress'; step: string; text: string }
  | { type: 'end'; step: string; text: string; seconds: number }
  | { type: 'note'; text: string };

export type Report = (event: InstallEvent) => void;

/** Says how far a step is. */
export type Progress = (text: string) => void;

/** Runs one step of an installation and reports it; `done` says in a word or two what came out of it. */
export async function runStep<T>(
  report: Report,
  step: string,
  work: (progress: Progress) => Promise<T>,
  done: (result: T) => string = () => 'done',
): Promise<T> {
  const started = performance.now();
  const end = (text: string): void =>
    report({ type: 'end', step, text, seconds: (performance.now() - started) / 1000 });
  report({ type: 'begin', step });
  try {
    const result = await work((text) => report({ type: 'progress', step, text }));
    end(done(result));
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}

/** Megabytes, as downloads are counted. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

const drawEveryMs = 100;
const logEveryMs = 10_000;

/**
 * Writes events as lines, e.g. `[engine] Downloading TensorFlow: 274 MB (5.1 s)`. On a terminal the running step's
 * progress is drawn in place; elsewhere (a log) it gets a line each ten seconds.
 */
export function reportTo(stream: { write(text: string): unknown; isTTY?: boolean }): Report {
  let last = 0;
  const line = (text: string): void => {
    stream.write(`${stream.isTTY ? '\r\x1b[K' : ''}[engine] ${text}\n`);
    last = performance.now();
  };
  return (event) => {
    if (event.type === 'begin') line(`${event.step} ...`);
    else if (event.type === 'note') line(event.text);
    else if (event.type === 'end') line(`${event.step}: ${event.text} (${event.seconds.toFixed(1)} s)`);
    else if (performance.now() - last >= (stream.isTTY ? drawEveryMs : logEveryMs)) {
      if (stream.isTTY) stream.write(`\r\x1b[K[engine] ${event.step}: ${event.text}`);
      else line(`${event.step}: ${event.text}`);
      last = performance.now();
    }
  };
}
