import { Box, Button, Group, Stack, Text } from '@mantine/core';
import { DangerButton, DialogButtons } from './confirm.tsx';
import { ErrorNotice, HelpNote } from './states.tsx';

interface WithdrawStepsProps {
  /** `remains`: files that still contain some answers after the withdrawal. */
  withdraw: {
    isPending: boolean;
    error: unknown;
    data: { remains: readonly { path: string; why: string }[] } | undefined;
  };
  onWithdraw: () => void;
  onClose: () => void;
}

/** Explains what withdrawing deletes, then lists the files that still contain answers. */
export function WithdrawSteps({ withdraw: { isPending, error, data }, onWithdraw, onClose }: WithdrawStepsProps) {
  if (data) {
    const { remains } = data;
    return (
      <Stack gap="sm">
        <Text role="status">Deleted. A date and hashes are kept, so that no earlier file brings the person back.</Text>
        {remains.length > 0 && (
          <HelpNote>These files still contain some of the answers. Delete them, or create them again:</HelpNote>
        )}
        <Box component="ul" className="breaks-words" pl={20}>
          {remains.map(({ path, why }) => (
            <li key={path}>
              <code>{path}</code> {why}
            </li>
          ))}
        </Box>
        <Group justify="end">
          <Button variant="filled" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="sm">
      <Text>This deletes all answers of this person for good, in the database and in its backups.</Text>
      <HelpNote>
        This cannot be undone. To leave the person out of the figures only, exclude the session instead.
      </HelpNote>
      {Boolean(error) && <ErrorNotice error={error} />}
      <DialogButtons onCancel={onClose}>
        <DangerButton loading={isPending} onClick={onWithdraw}>
          Delete all answers
        </DangerButton>
      </DialogButtons>
    </Stack>
  );
}
