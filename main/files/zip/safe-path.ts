/**
 * A path inside an archive or folder, in its plain form (`a/b.png`), or null if it could lead out of it or means
 * different things on different systems: absolute paths, drive letters, `..`, backslashes, control characters.
 */
export function safePath(path: string): string | null {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || /[\\\p{Cc}]/u.test(path)) return null;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? null : parts.join('/');
}
