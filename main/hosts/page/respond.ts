import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { UserError } from '../../contract/wire/errors.ts';
import type { Lab } from '../../services/lab/lab.ts';
import type { Downloads } from '../../services/tools/downloads.ts';
import type { Uploads } from '../../services/tools/uploads.ts';
import { answerHeaders, fileHeaders } from './headers.ts';
import { staticFile } from './static-files.ts';

export interface PageParts {
  /** Folder of the built page, with index.html. */
  readonly root: string;
  readonly lab: Pick<Lab, 'downloads' | 'uploads'>;
  readonly log: (error: unknown) => void;
}

/**
 * Answers the requests of a page other than calls, for every host: its own files, downloads and images (`GET /files/`),
 * and uploads (`POST /uploads?name=...`, answered with `{"upload": id}`). The host checks access first. Never throws.
 * @param isLimited whether the page is limited, so that it gets its own files only
 */
export async function respond(request: Request, { root, lab, log }: PageParts, isLimited: boolean): Promise<Response> {
  try {
    const { pathname, searchParams } = new URL(request.url);
    if (isLimited && (request.method !== 'GET' || pathname.startsWith('/files/'))) {
      return plain(403, 'This page has no files');
    }
    if (request.method === 'POST' && pathname === '/uploads') return await upload(request, searchParams, lab.uploads);
    if (request.method !== 'GET') return plain(405, 'Only GET');
    if (pathname.startsWith('/files/')) return download(lab.downloads, pathname);
    return (await staticFile(root, pathname)) ?? plain(404, 'Not found');
  } catch (error) {
    if (error instanceof UserError) return refused(error);
    // The page disconnected: an expected event, not a defect.
    if (request.signal.aborted || isDisconnect(error)) return plain(400, 'The page disconnected');
    log(error);
    return plain(500, 'The program failed to answer');
  }
}

const isDisconnect = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ABORT_ERR');

function download(downloads: Downloads, path: string): Response {
  const found = downloads.find(path);
  if (!found) return plain(404, 'Not found. The download may have expired; export the file again.');
  const { content, type, name, size, unchanging } = found;
  const headers = {
    ...fileHeaders(type, unchanging ? null : name, unchanging),
    ...(size !== null && { 'Content-Length': String(size) }),
  };
  if ('bytes' in content) return new Response(Uint8Array.from(content.bytes), { headers });
  const stream = 'path' in content ? createReadStream(content.path) : content.stream();
  return new Response(Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>, { headers });
}

async function upload(request: Request, parameters: URLSearchParams, uploads: Uploads): Promise<Response> {
  const name = (parameters.get('name') ?? 'file').slice(0, 255);
  const body = request.body as unknown as NodeReadableStream<Uint8Array> | null;
  const id = await uploads.take(name, body ? Readable.fromWeb(body) : Readable.from([]));
  return Response.json({ upload: id }, { headers: answerHeaders('application/json; charset=utf-8') });
}

/** The answer to a request that the user can correct. */
export function refused({ code, message: what, where, remedy }: UserError): Response {
  const status = code === 'upload.too-large' ? 413 : 422;
  return Response.json(
    { code, what, where, remedy },
    { status, headers: answerHeaders('application/json; charset=utf-8') },
  );
}

/** A short text response. */
export function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: answerHeaders('text/plain; charset=utf-8') });
}
