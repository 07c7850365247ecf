export { openThreads, type Threads } from './open-threads.ts';
export { serveTasks } from './serve-tasks.ts';
