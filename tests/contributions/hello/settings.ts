import { z } from 'zod';
import { setting } from '../../../main/contract/settings/index.ts';
import { readSettings } from '../../../main/domain/settings/index.ts';

const word = z.string().min(1).max(40).default('Hello');
export const greetingSchema = z.strictObject({ word: setting(word, { title: 'Word', help: 'How a greeting begins' }) });
export const greetingSettings = readSettings(greetingSchema);
