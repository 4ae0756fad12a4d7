import { Box, Stack } from '@mantine/core';
import type { Finding } from '../../main/contract/api/results.ts';

/** What was found, in one sentence: first on the overview and above results, and in reports. */
export function FindingText({ of: { sentence, why, holds } }: { of: Finding }) {
  if (sentence === null && why === null) return null;
  return (
    <Stack className="finding" gap={2} my="sm" maw="120ch">
      <Box component="p" fz={16} fw={500}>
        {sentence}{' '}
        {why !== null && (
          <Box component="span" className="soft" fw={400}>
            {why}
          </Box>
        )}
      </Box>
      {holds !== null && (
        <Box component="p" className="soft" fz={13}>
          {holds}
        </Box>
      )}
    </Stack>
  );
}
