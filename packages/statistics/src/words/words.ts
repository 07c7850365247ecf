/** Digits and verdicts for pages: pure, without the estimator and its random streams. */
export * from './numbers.ts';
export { describeSample, isShown, judgePair } from './verdict.ts';
