import { Anchor, Box } from '@mantine/core';
import { Link } from 'wouter';

/** Leads to the tutorial. */
export function NewHere() {
  return (
    <Box component="p" maw="68ch" m="0 0 12px" c="dimmed" fz={15}>
      New here? Follow{' '}
      <Anchor component={Link} href="/tutorial" underline="always">
        the tutorial
      </Anchor>
      : from nothing to a report in twenty minutes, with pictures.
    </Box>
  );
}
