import { Button, type ButtonProps, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Call, CallButton } from './buttons.tsx';
import { ErrorNotice } from './states.tsx';

/** A button for what cannot be undone; its color is no other button's. */
export function DangerButton(props: ButtonProps & { onClick: () => void; children: ReactNode }) {
  return <Button variant="filled" color="ember" {...props} />;
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
      <Button data-autofocus={focused} onClick={onCancel}>
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
  /** Given where the dialog waits for the action, which then closes it; else it closes at once. */
  loading?: boolean;
  /** True while it cannot be done. */
  disabled?: boolean;
  cancel?: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that is hard to undo. Nothing has the focus that would confirm it. */
export function Confirm({ opened, title, children, action, onConfirm, onClose, ...how }: ConfirmProps) {
  const { danger = false, loading, disabled = false, cancel } = how;
  const Act = danger ? DangerButton : Button;
  const confirm = (): void => {
    if (loading === undefined) onClose();
    onConfirm();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Stack gap="sm">
        {children}
        <DialogButtons cancel={cancel} focused onCancel={onClose}>
          <Act loading={loading === true} disabled={disabled} onClick={confirm}>
            {action}
          </Act>
        </DialogButtons>
      </Stack>
    </Modal>
  );
}

interface DialogFootProps<Input> {
  call: Call<Input> & { isError: boolean; error: unknown };
  input: NoInfer<Input>;
  /** A verb with its object. */
  action: string;
  disabled?: boolean;
  /** A sentence on what is unaffected if the call is refused. */
  safe?: string;
  onCancel: () => void;
}

/** Last in a dialog: why its call was refused, a button that leaves the dialog, and the one that makes the call. */
export function DialogFoot<Input>({ call, input, action, disabled = false, safe, onCancel }: DialogFootProps<Input>) {
  return (
    <>
      {call.isError && <ErrorNotice error={call.error} {...(safe !== undefined && { safe })} />}
      <DialogButtons onCancel={onCancel}>
        <CallButton variant="filled" call={call} input={input} disabled={disabled}>
          {action}
        </CallButton>
      </DialogButtons>
    </>
  );
}
