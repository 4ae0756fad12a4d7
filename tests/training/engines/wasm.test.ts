import { describe } from 'vitest';
import { describeConformance } from './conformance.ts';

describe('the wasm engine', () => describeConformance('wasm'));
