import { testStacked } from './stacked-suite.ts';

testStacked('wasm');
