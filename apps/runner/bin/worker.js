// Entry of the process that runs node code; started by startRun, never by hand.
import { load } from './load.js';

const { startWorker } = await load('worker');
startWorker();
