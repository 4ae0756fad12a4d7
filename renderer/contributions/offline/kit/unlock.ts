import type { KitPayload, KitSession, LockedSessions } from '../../../../main/contributions/offline/kit-format.ts';
import { parseCode } from '../../../../main/contributions/offline/kit-code.ts';
import { decodePixels } from '../../../ui/images/index.ts';

/** Bytes of the nonce before each encrypted session. */
const nonceBytes = 12;

/** The session of a kit that this code opens; null: none. */
export async function unlock({ salt, iterations, sealed }: LockedSessions, typed: string): Promise<KitSession | null> {
  const code = new TextEncoder().encode(parseCode(typed));
  const secret = await crypto.subtle.importKey('raw', code, 'PBKDF2', false, ['deriveKey']);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt: Uint8Array.from(decodePixels(salt)), iterations };
  const algorithm = { name: 'AES-GCM', length: 256 };
  const key = await crypto.subtle.deriveKey(derivation, secret, algorithm, false, ['decrypt']);
  for (const each of sealed) {
    const bytes = Uint8Array.from(decodePixels(each));
    const nonce = { name: 'AES-GCM', iv: bytes.subarray(0, nonceBytes) };
    const opened = await crypto.subtle.decrypt(nonce, key, bytes.subarray(nonceBytes)).catch(() => null);
    if (opened) return JSON.parse(new TextDecoder().decode(opened));
  }
  return null;
}

const storedAs = ({ kit }: KitPayload): string => `code ${kit}`;

/**
 * The code that was typed in this tab; null: none. After a reload, the page continues with the same person. It is not kept
 * in the address, which stays in the history of the browser.
 */
export function storedCode(kit: KitPayload): string | null {
  try {
    return sessionStorage.getItem(storedAs(kit));
  } catch {
    return null;
  }
}

/** @param code null: forget it */
export function storeCode(kit: KitPayload, code: string | null): void {
  try {
    if (code === null) sessionStorage.removeItem(storedAs(kit));
    else sessionStorage.setItem(storedAs(kit), code);
  } catch {
    // A browser that stores nothing asks again after a reload.
  }
}
