import { useEffect } from 'react';
import { followRuns } from './runs-store.ts';

/** Follows the runs while the page is open. */
export function RunFollower() {
  useEffect(followRuns, []);
  return null;
}
