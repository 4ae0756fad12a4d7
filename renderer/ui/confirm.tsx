import { Button, type ButtonProps, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

/** A button for what cannot be undone; its color is no other button's. */
export function DangerButton(props: ButtonProps & { onClick: () => void; children: ReactNode }) {
  return <Button color="ember" {...props} />;
}

interface DialogButtonsProps {
  cancel?: string | undefined;
  /** True: the button that leaves the dialog has the focus first. */
  focused?: boolean;
  onCancel: () => void;
  children: ReactNode;
}

/** Last in a dialog: a button that leaves it, and after it what it is for. */
export function DialogButtons({ cancel = 'Cancel', focused, onCancel, children }: DialogButtonsProps) {
  return (
    <Group justify="end">
      <Button variant="default" data-autofocus={focused} onClick={onCancel}>
        {cancel}
      </Button>
      {children}
    </Group>
  );
}

interface ConfirmProps {
  opened: boolean;
  title: string;
  /** What happens, and what stays. */
  children: ReactNode;
  /** The action as a verb with its object. */
  action: string;
  /** True for what cannot be undone. */
  danger?: boolean;
  loading?: boolean;
  /** True while it cannot be done. */
  disabled?: boolean;
  cancel?: string;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something that is hard to undo. Nothing has the focus that would confirm it. */
export function Confirm({ opened, title, children, action, onConfirm, onCancel, ...how }: ConfirmProps) {
  const { danger = false, loading = false, disabled = false, cancel } = how;
  const Act = danger ? DangerButton : Button;
  return (
    <Modal opened={opened} onClose={onCancel} title={title}>
      <Stack gap="sm">
        {children}
        <DialogButtons cancel={cancel} focused onCancel={onCancel}>
          <Act loading={loading} disabled={disabled} onClick={onConfirm}>
            {action}
          </Act>
        </DialogButtons>
      </Stack>
    </Modal>
  );
}
