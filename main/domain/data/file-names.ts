/** Bytes of UTF-8: file systems allow 255, and a temporary name is longer. */
const maxBytes = 180;

/** Characters that Windows refuses or that mean a folder, and those that nobody sees. */
const refused = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Devices of Windows, whatever follows after a dot. */
const device = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])[ .]*(\.|$)/i;

/**
 * The name itself where every common file system takes it as it is, else one like it: without characters that some
 * refuse, no name of a device, not ending in a dot or space (Windows drops them), not hidden, not too long. Its ending
 * stays.
 */
export function safeFileName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(refused, '_')
    .replace(/^[ .]+/, '_');
  const kept = shorten(plain).replace(/[ .]+$/, '_');
  if (kept === '') return '_';
  return device.test(kept) ? `_${kept}` : kept;
}

function shorten(name: string): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  if (bytes(name) <= maxBytes) return name;
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? '';
  const characters = [...name.slice(0, name.length - ending.length)];
  while (bytes(characters.join('')) + ending.length > maxBytes) characters.pop();
  return characters.join('') + ending;
}

/** Whether a path, with `/` between its parts, leads to a file below its folder on every system. */
export function isBelow(path: string): boolean {
  const parts = path.split('/');
  return (
    parts.length <= 20 && !/[\\:\0]/.test(path) && parts.every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
