import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { toRefusal } from '../client/context.tsx';

export interface UndoToastOptions {
  /** What was done: `Deleted "Quick study"`. */
  message: string;
  /** Takes it back. */
  undo: () => void;
  undoLabel?: string;
  /** Milliseconds for which it can be taken back here. */
  for?: number;
}

/** Says what was done, with a way back. Gives the toast's id. */
export function showUndoToast({
  message,
  undo,
  undoLabel = 'Undo',
  for: autoClose = 10_000,
}: UndoToastOptions): string {
  const takeBack = (): void => {
    notifications.hide(id);
    undo();
  };
  const id = notifications.show({
    message: <UndoToast message={message} undoLabel={undoLabel} onUndo={takeBack} />,
    autoClose,
    withBorder: true,
  });
  return id;
}

interface UndoToastProps {
  message: string;
  undoLabel: string;
  onUndo: () => void;
}

/** The inside of a toast that can be undone. */
export function UndoToast({ message, undoLabel, onUndo }: UndoToastProps) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{message}</Text>
      <Button variant="default" size="compact-xs" onClick={onUndo}>
        {undoLabel}
      </Button>
    </Group>
  );
}

export interface LinkToastOptions {
  title: string;
  message?: string;
  /** Address within the page, `/studies/quick/models`, and the word on its link. */
  link?: { to: string; label: string } | undefined;
  /** It stays until it is closed. */
  sticky?: boolean;
}

/** Says that something happened and leads to it. */
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

/** Says that a call was refused, and what to do; it stays until it is closed. */
export function showRefusal(error: unknown): void {
  const { what, remedy } = toRefusal(error);
  showToast({ title: what, message: remedy, sticky: true });
}
