/**
 * How long the present attempt at a run has worked on its steps, without time that the computer slept, and how much processor
 * time that took (null where other devices compute).
 */
export const workedTime = `
ALTER TABLE run ADD COLUMN worked_ms REAL CHECK (worked_ms >= 0);
ALTER TABLE run ADD COLUMN processor_ms REAL CHECK (processor_ms >= 0);
`;
