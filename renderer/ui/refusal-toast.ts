import { refusalOf } from '../client/context.tsx';
import { showToast } from './toasts.tsx';

/** Says that a call was refused, and what to do; it stays until it is closed. */
export function showRefusal(error: unknown): void {
  const { what, remedy } = refusalOf(error);
  showToast({ title: what, message: remedy, sticky: true });
}
