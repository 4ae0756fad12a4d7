import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link, useLocation } from 'wouter';

/** What an address shows that leads nowhere. */
export function NotFound() {
  const [address] = useLocation();
  return (
    <Stack p="xl" gap="xs">
      <Title order={1} size="h3">
        There is no such page
      </Title>
      <Text>Nothing is at {address}. It may be of another version of the program.</Text>
      <Anchor component={Link} href="/studies" c="inherit" underline="always">
        Go to the studies
      </Anchor>
    </Stack>
  );
}
