/** A process that brings a store under a budget: `collect.ts HOME BYTES`. */
import { collectGarbage } from '../cache/collect-garbage.ts';

const [home, maxBytes] = process.argv.slice(2);
const { steps } = await collectGarbage({ home: home!, maxBytes: Number(maxBytes) });
process.stdout.write(JSON.stringify(steps.map(({ record }) => record.nodeId)));
