/** The `radiograph` command line: parses arguments, loads and calls one command, turns errors into exit codes. */
import { RadiographError } from '@radiograph/graph';
import { reportError } from '@radiograph/runtime';
import { engineNames } from '@radiograph/tensor';
import { Command, CommanderError, Help, Option } from 'commander';
import type { CheckFlags } from './commands/check.ts';
import type { CompareFlags } from './commands/compare.ts';
import type { DoctorFlags } from './commands/doctor.ts';
import type { ReportFlags } from './commands/report.ts';
import type { RunFlags } from './commands/run.ts';
import type { ServeFlags } from './commands/serve.ts';
import type { SweepFlags } from './commands/sweep.ts';
import { describeExitCodes, exitCodes } from './exit-codes.ts';
import { explainFileError } from './explain-file-error.ts';
import { declareQueueCommands } from './queue-commands.ts';
import { collect, withCell, withEngine, withPart } from './shared-options.ts';
import { declareStoreCommands } from './store-commands.ts';
import { guardConsole } from './terminal/show-controls.ts';
import { watchOutput } from './terminal/watch-output.ts';

/** Runs one command. Returns its exit code, as `radiograph --help` lists them. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  guardConsole(console);
  for (const stream of [process.stdout, process.stderr])
    watchOutput(stream, (code, message) => {
      console.error(message);
      process.exit(code);
    });
  const program = declareCommands((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    const error = explainFileError(thrown);
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    const { code, message } = reportError(error);
    console.error(error instanceof RadiographError ? `error: ${message}` : message);
    return exitCodes[code];
  }
}

type Finish = (exitCode: number) => void;

function declareCommands(finish: Finish): Command {
  const program = new Command('radiograph')
    .description('Draws and runs workflow graphs for chest X-ray segmentation research.')
    .configureHelp({ optionDescription: describeOption })
    .option('--raw-csv', 'write CSV text that begins with = + - @ as it is, not for spreadsheets')
    .hook('preAction', (command) => {
      if (command.opts<{ rawCsv?: boolean }>().rawCsv === true) process.env.RADIOGRAPH_CSV = 'raw';
    })
    .addHelpText('after', `\nExit codes: ${describeExitCodes()}.`)
    .exitOverride();
  declareGraphCommands(program, finish);
  declareSweepCommands(program, finish);
  declareOtherCommands(program, finish);
  declareQueueCommands(program, finish);
  declareStoreCommands(program, finish);
  return program;
}

/** Without the defaults that say nothing: no values, and not. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (\[\]|false)\)$/, '');
}

/** Commands on a graph file; they share `--set` and `--json`. */
function declareGraphCommands(program: Command, finish: Finish): void {
  const onGraph = (name: string, description: string) =>
    program
      .command(`${name} <graph>`)
      .description(description)
      .option(
        '--set <node.param=value>',
        'override a parameter or an exposed name (repeatable)',
        collect,
        [],
      )
      .option('--json', 'print JSON', false);
  const onCell = (name: string, description: string) => withCell(onGraph(name, description));
  withEngine(withPart(onCell('run', 'run a graph; what has not changed is reused')))
    .option('--jobs <count>', 'steps at once where the graph branches', '2')
    .option('--memory <size>', 'what steps at once may hold, as 6GB (default: what is free)')
    .addOption(trackOption())
    .action(async (graph: string, flags: RunFlags) =>
      finish(await (await import('./commands/run.ts')).runCommand(graph, flags)),
    );
  withEngine(withPart(onCell('plan', 'say what would run, what is reused, and why'))).action(
    async (graph: string, flags: RunFlags) =>
      finish(await (await import('./commands/plan.ts')).planCommand(graph, flags)),
  );
  addSweepOptions(
    withEngine(onGraph('sweep', 'run every cell of an ablation, what they share once')),
  ).action(async (graph: string, flags: SweepFlags) =>
    finish(await (await import('./commands/sweep.ts')).sweepCommand(graph, flags)),
  );
  onCell('check', 'print every problem of a graph')
    .option('--format', 'write the file as canonical text, as the editor saves it', false)
    .action(async (graph: string, flags: CheckFlags) =>
      finish(await (await import('./commands/check.ts')).checkCommand(graph, flags)),
    );
}

function declareOtherCommands(program: Command, finish: Finish): void {
  program
    .command('nodes [type]')
    .description('list node types, or print the manual of one')
    .option('--json', 'print JSON', false)
    .action(async (type: string | undefined, flags: { json: boolean }) =>
      finish(await (await import('./commands/nodes.ts')).nodesCommand(type, flags)),
    );
  program
    .command('show [run]')
    .description('print what a run did (default: the latest)')
    .option('--json', 'print JSON', false)
    .action(async (run: string | undefined, flags: { json: boolean }) =>
      finish(await (await import('./commands/show.ts')).showCommand(run ?? 'latest', flags)),
    );
  program
    .command('doctor')
    .description('check engines, versions and folders')
    .option('--json', 'print JSON', false)
    .addOption(
      new Option('--engine <name>', 'only whether this engine computes here').choices(engineNames),
    )
    .action(async (flags: DoctorFlags) =>
      finish(await (await import('./commands/doctor.ts')).doctorCommand(flags)),
    );
  program
    .command('data')
    .description('data sets')
    .command('phantom <folder>')
    .description('write the synthetic data set in the formats of CheXpert and CheXlocalize')
    .option('--patients <count>', 'patients to draw', '40')
    .option('--size <pixels>', 'side of the images', '320')
    .option('--seed <seed>', 'seed of every choice', '0')
    .action(async (folder: string, flags: { patients: string; size: string; seed: string }) =>
      finish(await (await import('./commands/data-phantom.ts')).dataPhantomCommand(folder, flags)),
    );
  withEngine(program.command('serve [graph]'))
    .description('open the editor on the graphs of this folder')
    .option('--port <port>', 'port to listen on; 0 picks a free one', '4170')
    .option(
      '--host <address>',
      'address to listen on; others than this machine need --token-file',
      '127.0.0.1',
    )
    .option('--token-file <path>', 'file with the token, at least 32 characters')
    .action(async (graph: string | undefined, flags: ServeFlags) =>
      finish(await (await import('./commands/serve.ts')).serveCommand(graph, flags)),
    );
}

const trackOption = () =>
  new Option(
    '--track <kind:place>',
    'also tell parameters, metrics and figures to tensorboard, mlflow (folder or http://server), csv, jsonl or parquet (repeatable)',
  )
    .argParser(collect)
    .default([]);

function addSweepOptions(command: Command): Command {
  return command
    .option(
      '--axis <axis>',
      'sweep this axis of the variants (repeatable; default all)',
      collect,
      [],
    )
    .option('--grid <node.param=value,...>', 'one more axis (repeatable)', collect, [])
    .option('--seeds <count>', 'seeds per cell')
    .option(
      '--skip <axis=value,...>',
      'leave out cells that have all these (repeatable)',
      collect,
      [],
    )
    .addOption(new Option('--combine <how>', 'how axes combine').choices(['grid', 'zip', 'list']))
    .option(
      '--shards <count>',
      'cut steps over lists of images (Grad-CAM, IRNet masks, prediction) into this many jobs',
    )
    .option('--workers <count>', 'jobs at once (default: what cores, memory and devices allow)')
    .option('--memory <size>', 'what jobs at once may hold, as 6GB (default: what is free)')
    .option(
      '--devices <list>',
      'accelerators, as 0,1: one for each job that computes (default: those that the driver lists)',
    )
    .addOption(
      new Option('--executor <where>', 'where jobs run')
        .choices(['local', 'slurm'])
        .default('local'),
    )
    .addOption(trackOption())
    .option('--slurm-config <file>', 'JSON: partition, account, resources by node type')
    .option('--stdin', 'read the graph from standard input; the path only names it', false)
    .option('--dry-run', 'print the merged plan and its estimated time', false);
}

/** Commands on finished sweeps. */
function declareSweepCommands(program: Command, finish: Finish): void {
  program
    .command('sweeps [sweep]')
    .description('list all sweeps, newest first; with an id or `latest`, its cells')
    .option('--json', 'print JSON', false)
    .action(async (sweep: string | undefined, flags: { json: boolean }) =>
      finish(await (await import('./commands/sweeps.ts')).sweepsCommand(sweep, flags)),
    );
  program
    .command('compare [runs...]')
    .description('compare the arms of a sweep (default: the latest), or two and more runs')
    .option('--measure <node>', 'the node whose scores are compared (default: the first)')
    .option('--replicates <count>', 'bootstrap draws (default: what the correction needs)')
    .option('--images <count>', 'images to list, those of most disagreement first', '10')
    .option('--json', 'print JSON', false)
    .action(async (runs: string[], flags: CompareFlags) =>
      finish(await (await import('./commands/compare.ts')).compareCommand(runs, flags)),
    );
  program
    .command('report [sweep]')
    .description('write the report of a sweep (default: the latest): HTML, CSV, LaTeX, SVG')
    .option('--out <folder>', 'where to write it (default: in the record of the sweep)')
    .option('--measure <node>', 'the node whose scores are compared (default: the first)')
    .action(async (sweep: string | undefined, flags: ReportFlags) =>
      finish(await (await import('./commands/report.ts')).reportCommand(sweep ?? 'latest', flags)),
    );
}
