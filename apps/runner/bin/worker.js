// Entry of the process that runs node code; started by startRun, never by hand.
import { register } from 'tsx/esm/api';

register();
const { serveWorker } = await import('@radiograph/runtime');
const { nodePackages } = await import('../src/registry.ts');
serveWorker(nodePackages);
