import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconX } from '@tabler/icons-react';
import { toRefusal } from '../../client/context.tsx';

interface UndoToastOptions {
  /** What was done: `Deleted "Quick study"`. */
  message: string;
  /** Reverts the action. */
  undo: () => void;
  /** Whether what was done still stands; if not, somebody changed it since, and undo leaves their change. */
  stands?: () => Promise<boolean>;
  undoLabel?: string;
}

/** Reports an action and offers undo for ten seconds. */
export function showUndoToast({ message, undo, stands, undoLabel = 'Undo' }: UndoToastOptions): void {
  const revert = (): void => {
    notifications.hide(id);
    if (!stands) return undo();
    stands().then((mine) => {
      if (mine) undo();
      else showToast({ title: 'Not undone', message: 'It was changed again in the meantime.' });
    }, showRefusal);
  };
  const id = notifications.show({
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button size="compact-xs" flex="none" onClick={revert}>
          {undoLabel}
        </Button>
      </Group>
    ),
    autoClose: 10_000,
    withBorder: true,
  });
}

interface LinkToastOptions {
  title: string;
  message?: string;
  /** Address within the page, e.g. `/studies/quick/models`, and the link's text. */
  link?: { to: string; label: string } | undefined;
  /** Reports a failure: red, with a cross, and longer, but not beyond the screen. */
  failed?: boolean;
  /** Stays until it is closed or the screen is left. */
  sticky?: boolean;
}

/** Toasts that stay on the screen that they belong to. */
const onScreen = new Set<string>();

/** Hides what belongs to the screen that is being left. */
export function leaveToasts(): void {
  for (const id of onScreen) notifications.hide(id);
  onScreen.clear();
}

/** Reports an event, with an optional link to it. */
export function showToast({ title, message = '', link, failed = false, sticky = false }: LinkToastOptions): void {
  const id = notifications.show({
    title,
    withBorder: true,
    ...(failed && { color: 'var(--failed)', icon: <IconX size={16} aria-hidden /> }),
    autoClose: sticky ? false : failed ? 15_000 : 8000,
    message: (
      <>
        {message}
        {link && (
          <>
            {message !== '' && ' '}
            <a href={`#${link.to}`}>{link.label}</a>
          </>
        )}
      </>
    ),
  });
  if (sticky || failed) onScreen.add(id);
}

/** Shows what a call was refused for and what to do; stays until it is closed or the screen is left. */
export function showRefusal(error: unknown): void {
  const { what, remedy } = toRefusal(error);
  showToast({ title: what, message: remedy, failed: true, sticky: true });
}
