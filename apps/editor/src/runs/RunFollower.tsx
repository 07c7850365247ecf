import { useEffect } from 'react';
import { followWires } from '../results/follow-wires.ts';
import { followRuns } from './runs-store.ts';

/** Follows the runs, and the wires that are selected, while the page is open. */
export function RunFollower() {
  useEffect(followRuns, []);
  useEffect(followWires, []);
  return null;
}
