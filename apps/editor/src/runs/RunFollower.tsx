import { useEffect } from 'react';
import { followWires } from '../results/follow-wires.ts';
import { followRuns } from './runs-store.ts';
import { tellFailures } from './tell-failure.tsx';

/** Follows the runs, tells failures, and follows the wires that are selected, while the page is open. */
export function RunFollower() {
  useEffect(followRuns, []);
  useEffect(tellFailures, []);
  useEffect(followWires, []);
  return null;
}
