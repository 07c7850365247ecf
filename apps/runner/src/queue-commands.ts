/** Commands on the queue. Each is loaded when it is called. */
import type { Command } from 'commander';
import type { QueueAddFlags } from './commands/queue.ts';
import { collect, withCell, withEngine, withPart } from './shared-options.ts';

type Finish = (exitCode: number) => void;

/** Declares `queue` and its commands. */
export function declareQueueCommands(program: Command, finish: Finish): void {
  const load = () => import('./commands/queue.ts');
  const queue = program
    .command('queue')
    .description('runs that wait; servers and `queue run` take them, each once');
  withEngine(withPart(withCell(queue.command('add <graph>'))))
    .description('put a graph, as it is now, into the queue; prints its id')
    .option('--set <node.param=value>', 'override a parameter (repeatable)', collect, [])
    .option('--priority <number>', 'higher runs first', '0')
    .action(async (graph: string, flags: QueueAddFlags) =>
      finish(await (await load()).queueAddCommand(graph, flags)),
    );
  queue
    .command('ls')
    .description('what runs, then what waits, next first')
    .option('--json', 'print JSON', false)
    .action(async (flags: { json: boolean }) =>
      finish(await (await load()).queueListCommand(flags)),
    );
  for (const [name, isPaused, description] of [
    ['pause', true, 'start nothing new; what runs goes on'],
    ['resume', false, 'start what waits again'],
  ] as const)
    queue
      .command(name)
      .description(description)
      .action(async () => finish(await (await load()).queuePauseCommand(isPaused)));
  queue
    .command('move <id> <place>')
    .description('move a waiting run among those that wait; 0 is next')
    .action(async (id: string, place: string) =>
      finish(await (await load()).queueMoveCommand(id, place)),
    );
  queue
    .command('rm <id>')
    .description('take a waiting run out, or stop a running one at its next batch')
    .action(async (id: string) => finish(await (await load()).queueRemoveCommand(id)));
  queue
    .command('run')
    .description('run what waits, one after another; several may do so at once')
    .option('--watch', 'when nothing waits, wait for more', false)
    .action(async (flags: { watch: boolean }) =>
      finish(await (await load()).queueRunCommand(flags)),
    );
}
