/** Which arm of a sweep each run was. */
import { nameArms, readSweepDetails, summarizeSweeps } from '@radiograph/sweep';

/** Arms by run id. A sweep that has ended is read once. */
export function createArmReader(home: string): () => Promise<ReadonlyMap<string, string>> {
  const ended = new Map<string, ReadonlyMap<string, string>>();
  const readArms = async (sweepId: string): Promise<ReadonlyMap<string, string>> => {
    const known = ended.get(sweepId);
    if (known !== undefined) return known;
    const { cells, status } = await readSweepDetails(home, sweepId);
    const names = nameArms(cells);
    const arms = new Map(
      cells.flatMap(({ runId, arm, seed }) =>
        runId === null ? [] : [[runId, `${names.get(arm)}, seed ${seed}`] as const],
      ),
    );
    if (status !== 'running') ended.set(sweepId, arms);
    return arms;
  };
  return async () => {
    const sweeps = await summarizeSweeps(home);
    const all = await Promise.all(sweeps.map(({ sweepId }) => readArms(sweepId)));
    return new Map(all.flatMap((arms) => [...arms]));
  };
}
