import { definePageParts } from '../define.ts';

export const selftest = definePageParts({
  name: 'selftest',
  parts: { 'report.sections': [{ section: 'self-test', title: 'Self-test of the measures' }] },
});
