import { testAgainstPytorch } from './pytorch-suite.ts';

testAgainstPytorch('wasm');
