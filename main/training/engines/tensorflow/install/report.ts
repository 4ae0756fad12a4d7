/** Progress of an installation. Each step begins, reports its progress, and ends with its duration. */
export type InstallEvent =
  | { type: 'begin'; step: string }
  /** Progress of the step, e.g. `120 of 274 MB`. */
  | { type: 'progress'; step: string; text: string }
  | { type: 'end'; step: string; text: string; seconds: number }
  | { type: 'note'; text: string };

export type Report = (event: InstallEvent) => void;

/** Reports the progress of a step. */
export type Progress = (text: string) => void;

/** Runs one step of an installation and reports it; `done` describes its result in a word or two. */
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

/** Events as lines of a log, with the progress of a step at most every ten seconds. */
export function reportLines(onLine: (line: string) => void): Report {
  let last = 0;
  return (event) => {
    if (event.type === 'progress' && performance.now() - last < logEveryMs) return;
    last = performance.now();
    onLine(formatEvent(event));
  };
}

/** Events on a terminal, e.g. `[engine] Unpacking: done (5.1 s)`; the progress of a step overwrites its line. */
export function reportTo(stream: { write(text: string): unknown; isTTY?: boolean }): Report {
  if (!stream.isTTY) return reportLines((line) => stream.write(`[engine] ${line}\n`));
  let last = 0;
  return (event) => {
    const passing = event.type === 'progress';
    if (passing && performance.now() - last < drawEveryMs) return;
    last = performance.now();
    stream.write(`\r\x1b[K[engine] ${formatEvent(event)}${passing ? '' : '\n'}`);
  };
}

function formatEvent(event: InstallEvent): string {
  if (event.type === 'begin') return `${event.step} ...`;
  if (event.type === 'note') return event.text;
  if (event.type === 'progress') return `${event.step}: ${event.text}`;
  return `${event.step}: ${event.text} (${event.seconds.toFixed(1)} s)`;
}
