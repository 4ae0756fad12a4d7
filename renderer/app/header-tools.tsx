import { Group } from '@mantine/core';

/** What stands at the right end of the header, on every screen. */
export function HeaderTools() {
  return <Group ml="auto" gap="xs" wrap="nowrap" />;
}
