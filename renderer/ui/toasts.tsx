import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { toRefusal } from '../client/context.tsx';

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
        <Button variant="default" size="compact-xs" className="toast-button" onClick={revert}>
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
  /** Stays until it is closed. */
  sticky?: boolean;
}

/** Reports an event, with an optional link to it. */
export function showToast({ title, message = '', link, sticky = false }: LinkToastOptions): void {
  notifications.show({
    title,
    withBorder: true,
    autoClose: sticky ? false : 8000,
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
}

/** Shows what a call was refused for and what to do; stays until it is closed. */
export function showRefusal(error: unknown): void {
  const { what, remedy } = toRefusal(error);
  showToast({ title: what, message: remedy, sticky: true });
}
