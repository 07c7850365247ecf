/** Commands on what was computed: the cache and the records of runs. Each is loaded when it is called. */
import type { Command } from 'commander';

type Finish = (exitCode: number) => void;

/** Declares `cache`, `runs`, `verify` and `diff`. */
export function declareStoreCommands(program: Command, finish: Finish): void {
  declareCacheCommands(program, finish);
  declareRecordCommands(program, finish);
}

function declareRecordCommands(program: Command, finish: Finish): void {
  const load = () => import('./commands/records.ts');
  const runs = program
    .command('runs')
    .description('list the newest runs with their dates, arms and scores')
    .option('--limit <count>', 'at most so many', '50')
    .option('--json', 'print JSON', false)
    .action(async (flags: { json: boolean; limit: string }) =>
      finish(await (await load()).runsCommand(flags)),
    );
  runs
    .command('show [run]')
    .description('what a run was made of and what it did (default: the latest)')
    .action(async (run: string | undefined, _: unknown, command: Command) =>
      finish(
        await (await import('./commands/show.ts')).showCommand(
          run ?? 'latest',
          command.optsWithGlobals(),
        ),
      ),
    );
  runs
    .command('diff <before> <after>')
    .description(
      'what two runs were made of, what came out and what it scored; `latest` is the newest',
    )
    .action(async (before: string, after: string, _: unknown, command: Command) =>
      finish(await (await load()).runsDiffCommand(before, after, command.optsWithGlobals())),
    );
  runs
    .command('export <run>')
    .description('write the record and the results of a run for others')
    .requiredOption('--ro-crate <folder>', 'as an RO-Crate 1.1 in this folder')
    .option('--license <address>', 'under which the results are given')
    .action(async (run: string, flags: { roCrate: string; license?: string }) =>
      finish(await (await load()).runsExportCommand(run, flags)),
    );
  program
    .command('verify [run]')
    .description('run a recorded run again in a scratch store and compare every output')
    .option('--tolerance <number>', 'largest difference of two numbers that counts as equal', '0')
    .option('--json', 'print JSON', false)
    .action(async (run: string | undefined, flags: { json: boolean; tolerance: string }) =>
      finish(await (await load()).verifyCommand(run ?? 'latest', flags)),
    );
  program
    .command('diff <before> <after>')
    .description('what differs between two graphs in meaning: nodes, parameters, wires')
    .option('--json', 'print JSON', false)
    .action(async (before: string, after: string, flags: { json: boolean }) =>
      finish(await (await load()).diffCommand(before, after, flags)),
    );
}

function declareCacheCommands(program: Command, finish: Finish): void {
  const load = () => import('./commands/cache.ts');
  const cache = program.command('cache').description('what is kept, why, and what it costs');
  cache
    .command('ls')
    .description('the steps that are kept, cheapest to compute again first')
    .option('--json', 'print JSON', false)
    .action(async (flags: { json: boolean }) =>
      finish(await (await load()).cacheListCommand(flags)),
    );
  cache
    .command('why <digest>')
    .description('what made an artifact or has a key, from what, and which runs used it')
    .option('--json', 'print JSON', false)
    .action(async (digest: string, flags: { json: boolean }) =>
      finish(await (await load()).cacheWhyCommand(digest, flags)),
    );
  cache
    .command('gc')
    .description('remove what nothing needs, and above a budget what is cheapest to compute again')
    .option('--max-size <size>', 'the budget, as 10GB (default: RADIOGRAPH_CACHE_SIZE)')
    .option('--dry-run', 'only say what would be removed', false)
    .action(async (flags: { maxSize?: string; dryRun: boolean }) =>
      finish(await (await load()).cacheCollectCommand(flags)),
    );
  cache
    .command('verify')
    .description('read every artifact and compare its digest')
    .option('--repair', 'remove what is damaged, so that the next run computes it again', false)
    .action(async (flags: { repair: boolean }) =>
      finish(await (await load()).cacheVerifyCommand(flags)),
    );
  cache
    .command('pin <run>')
    .description('keep all that a run used, whatever the budget')
    .action(async (run: string) => finish(await (await load()).cachePinCommand(run)));
  cache
    .command('unpin <run>')
    .description('take a pin away')
    .action(async (run: string) => finish(await (await load()).cacheUnpinCommand(run)));
}
