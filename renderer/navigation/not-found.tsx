import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link, useLocation } from 'wouter';

export function NotFound() {
  const [address] = useLocation();
  return (
    <Stack p="xl" gap="xs">
      <Title order={1} size="h3">
        Page not found
      </Title>
      <Text>There is no page at {address}. The link may come from another version of the program.</Text>
      <Anchor component={Link} href="/studies" c="inherit" underline="always">
        Go to studies
      </Anchor>
    </Stack>
  );
}
