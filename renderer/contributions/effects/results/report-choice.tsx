import { Box, Button } from '@mantine/core';
import type { Places } from '../../../ui/places/index.ts';
import '../effects.css';

/** Effects over studies that were added on Effects. */
export function OverStudiesChoice({ choice: { overStudies }, onChange }: Places['report.choice']) {
  if (overStudies.length === 0) return null;
  return (
    <section aria-labelledby="report-over-studies">
      <Box id="report-over-studies" component="h2" m="0 0 4px" fz="sm" fw={700}>
        Effects over studies
      </Box>
      <ul className="bare-list report-over-studies">
        {overStudies.map((each) => (
          <li key={JSON.stringify(each)}>
            {each.title}
            <Button
              size="compact-xs"
              aria-label={`Remove ${each.title}`}
              onClick={() => onChange({ overStudies: overStudies.filter((other) => other !== each) })}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
