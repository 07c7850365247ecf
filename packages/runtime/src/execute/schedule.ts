/**
 * Which steps run beside each other: as many as jobs and memory allow, in the order of the plan, each after what it needs.
 *
 * Node code shares one thread, so steps overlap where they wait: reading and decoding files, the disk, the network. Steps that compute
 * with the engine keep all cores busy and plan for the memory that is free, so there is one of them at a time. What a step computes
 * does not depend on what runs beside it.
 */

/** A step to run. */
export type Task = {
  readonly id: string;
  /** Ids of tasks that must have ended before, in whatever way; others are taken as ended. */
  readonly needs: readonly string[];
  /** Bytes that it is expected to hold at its peak. */
  readonly bytes: number;
  readonly usesEngine: boolean;
  /** Never rejects. */
  readonly run: () => Promise<void>;
};

export type Limits = {
  /** Tasks at once, 1 or more. */
  readonly jobs: number;
  /** What the tasks that run at once may hold together; one alone may hold more. */
  readonly memoryBytes: number;
  /** Asked before each start; true lets what runs end and starts nothing more. */
  readonly isStopped: () => boolean;
};

/** Runs tasks. Resolves when all have ended, or when it was stopped and those that ran have ended. */
export async function schedule(tasks: readonly Task[], limits: Limits): Promise<void> {
  const known = new Set(tasks.map(({ id }) => id));
  const waiting = new Map(tasks.map((task) => [task.id, countNeeds(task, known)]));
  const followers = findFollowers(tasks);
  const ready = tasks.filter(({ id }) => waiting.get(id) === 0);
  const places = new Map(tasks.map(({ id }, place) => [id, place]));
  const running = new Map<Task, Promise<Task>>();
  for (;;) {
    for (let next = take(ready, running, limits); next; next = take(ready, running, limits)) {
      const task = next;
      running.set(
        task,
        task.run().then(() => task),
      );
    }
    if (running.size === 0) return;
    const ended = await Promise.race(running.values());
    running.delete(ended);
    for (const follower of followers.get(ended.id) ?? []) {
      const left = waiting.get(follower.id)! - 1;
      waiting.set(follower.id, left);
      if (left === 0) ready.push(follower);
    }
    ready.sort((a, b) => places.get(a.id)! - places.get(b.id)!);
  }
}

/** Takes the first ready task that fits beside what runs. */
function take(ready: Task[], running: ReadonlyMap<Task, unknown>, limits: Limits) {
  if (limits.isStopped() || running.size >= limits.jobs) return undefined;
  const index = ready.findIndex((task) => fits(task, [...running.keys()], limits));
  return index < 0 ? undefined : ready.splice(index, 1)[0];
}

function fits(task: Task, running: readonly Task[], { memoryBytes }: Limits): boolean {
  if (running.length === 0) return true;
  if (task.usesEngine && running.some(({ usesEngine }) => usesEngine)) return false;
  const held = running.reduce((sum, { bytes }) => sum + bytes, 0);
  return held + task.bytes <= memoryBytes;
}

function countNeeds({ needs }: Task, known: ReadonlySet<string>): number {
  return new Set(needs.filter((id) => known.has(id))).size;
}

function findFollowers(tasks: readonly Task[]): ReadonlyMap<string, readonly Task[]> {
  const followers = new Map<string, Task[]>();
  for (const task of tasks)
    for (const id of new Set(task.needs)) followers.set(id, [...(followers.get(id) ?? []), task]);
  return followers;
}
