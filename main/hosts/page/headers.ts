/** Nothing from other origins. Inline styles: the component library writes theme variables into a style element. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** For downloads: a file has no rights even if the browser displays it instead of saving it. */
const downloadPolicy = "default-src 'none'; sandbox";

const common = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Headers of short answers, which are no pages: opened in a tab, they have no origin and run nothing. */
export const answerHeaders = (type: string): Record<string, string> => ({
  ...common,
  'Content-Type': type,
  'Content-Security-Policy': downloadPolicy,
  'Cache-Control': 'no-store',
});

/** Headers of the page's own files. Files named by the hash of their content (`assets/`) may be cached. */
export const pageHeaders = (type: string, unchanging = false): Record<string, string> => ({
  ...common,
  'Content-Type': type,
  'Content-Security-Policy': type.startsWith('text/html') ? contentSecurityPolicy : downloadPolicy,
  'Cache-Control': unchanging ? 'private, max-age=31536000, immutable' : 'no-cache',
});

/** Headers of a download. `name`: the name for saving; null: the file is displayed, e.g. an image. */
export const fileHeaders = (type: string, name: string | null, unchanging: boolean): Record<string, string> => ({
  ...common,
  'Content-Type': type,
  'Content-Security-Policy': downloadPolicy,
  'Cache-Control': unchanging ? 'private, max-age=31536000, immutable' : 'no-store',
  ...(name !== null && { 'Content-Disposition': `attachment; filename*=UTF-8''${encodeFileName(name)}` }),
});

/** RFC 5987. */
const encodeFileName = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
