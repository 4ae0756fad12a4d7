import { UserError } from '../../contract/wire/errors.ts';
import { type Preview, type PreviewRequest, previewSchema } from '../../contract/runs/preview.ts';
import type { EngineName } from '../../contract/runs/run.ts';
import { entryModule } from '../../files/places.ts';
import { ProcessClient } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { PreviewHandlers } from '../../training/worker/preview.ts';

export interface PreviewProcessOptions {
  launcher: Launcher;
  blobs: string;
  engine: () => EngineName;
  /** Path of the process's entry module. Default: the product's. */
  entry?: string;
  /** Milliseconds without a request after which the process is ended. Default: five minutes. */
  idleFor?: number;
  /** Milliseconds without an answer after which the process is taken for hung. Default: two minutes. */
  patience?: number;
}

/** Renders and labels images at once, in a process beside the workers that keeps a generator and models loaded. */
export class PreviewProcess {
  readonly #client: ProcessClient<PreviewHandlers>;

  constructor({ launcher, blobs, engine, entry, idleFor = 300_000, patience = 120_000 }: PreviewProcessOptions) {
    this.#client = new ProcessClient<PreviewHandlers>({
      checks: { preview: { output: previewSchema } },
      launcher,
      idleFor,
      patience,
      died,
      entry: entry ?? entryModule('training/worker/preview-child'),
      args: () => [engine(), blobs],
      failed: (_, detail) => new Error(`the preview process failed: ${detail}`),
    });
  }

  get pid(): number | undefined {
    return this.#client.pid;
  }

  /** @param signal cancels the request @throws the signal's reason; UserError `inspector.*`, or of reading networks */
  preview(request: PreviewRequest, signal?: AbortSignal): Promise<Preview> {
    return this.#client.ask('preview', request, { signal });
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

const died = (why: string): UserError =>
  new UserError(
    'inspector.died',
    `The process that draws previews has ended: ${why}`,
    'preview',
    'Try again; nothing stored was changed. If it happens again, see the engines on the Machine screen.',
  );
