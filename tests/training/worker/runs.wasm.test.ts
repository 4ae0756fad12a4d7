import { testRuns } from './runs-suite.ts';

testRuns('wasm');
