// Starts the module of a thread. It is TypeScript, which Node before 22.18 cannot run by itself.
import { workerData } from 'node:worker_threads';

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import(workerData.module);
