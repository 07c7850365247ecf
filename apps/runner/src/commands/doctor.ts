import { execFile } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type EngineName,
  engineNames,
  isResolvable,
  openEngine,
  probeEngine,
  tfjsPackages,
} from '@radiograph/tensor';
import { findHome } from '../open-graph.ts';
import { registry } from '../registry.ts';

type Finding = {
  readonly what: string;
  readonly found: string;
  /** What to do about it; null: nothing. */
  readonly fix: string | null;
  /** Of what is not here and need not be. */
  readonly isAbsent?: true;
};

export type DoctorFlags = { readonly json: boolean; readonly engine?: EngineName };

/** `radiograph doctor`: engines, versions, folders, and what to install. Exit code 1 if something is missing. */
export async function doctorCommand({ json, engine }: DoctorFlags): Promise<number> {
  return print(engine === undefined ? await findAll() : [await tryEngine(engine)], json);
}

async function findAll(): Promise<Finding[]> {
  const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB`;
  return [
    checkNode(),
    {
      what: 'machine',
      found: `${platform()} ${arch()}, ${availableParallelism()} cores, ${memory}`,
      fix: null,
    },
    await checkModule('onnxruntime-node', 'ONNX Runtime'),
    ...(await Promise.all(engineNames.map(tryEngineApart))),
    await checkModule('sharp', 'image decoding'),
    { what: 'node types', found: String(registry.list().length), fix: null },
    await checkHome(),
  ];
}

function print(findings: readonly Finding[], json: boolean): number {
  if (json) console.log(JSON.stringify(findings, null, 2));
  else {
    for (const { what, found, fix, isAbsent } of findings) {
      const mark = fix !== null ? 'FIX' : isAbsent ? '-' : 'ok';
      console.log(`${mark.padEnd(4)} ${what.padEnd(18)} ${found}`);
      if (fix !== null) console.log(`     -> ${fix}`);
    }
  }
  return findings.every(({ fix }) => fix === null) ? 0 : 1;
}

/** One that is too old does not come to this point (bin/load.js). */
const checkNode = (): Finding => ({ what: 'Node.js', found: process.version, fix: null });

/** Loads a native module: that is what fails on an unsupported machine. */
async function checkModule(name: 'onnxruntime-node' | 'sharp', what: string): Promise<Finding> {
  try {
    const found = name === 'sharp' ? await describeSharp() : await describeOnnxRuntime();
    return { what, found, fix: null };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return {
      what,
      found: message,
      fix: adviseOn(name),
    };
  }
}

/** ONNX Runtime is not built for Intel Macs; everything else computes there. */
function adviseOn(name: string): string {
  if (name === 'onnxruntime-node' && platform() === 'darwin' && arch() === 'x64')
    return 'onnxruntime-node has no build for Intel Macs: run with --engine tfjs';
  return `run npm ci; ${name} has no build for ${platform()} ${arch()} if that does not help`;
}

async function describeSharp(): Promise<string> {
  const { default: sharp } = await import('sharp');
  return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
}

async function describeOnnxRuntime(): Promise<string> {
  const { env } = await import('onnxruntime-node');
  return `onnxruntime-node ${env.versions.node ?? env.versions.common}`;
}

/** Computes one number on an engine. Only the CPU's ONNX Runtime, the default, must be there. */
async function tryEngine(name: EngineName): Promise<Finding> {
  const engine = openEngine(name);
  const what = `engine ${name}`;
  try {
    await probeEngine(engine);
    return {
      what,
      found: `${engine.description}${name === 'tfjs' ? hintAtFaster() : ''}`,
      fix: null,
    };
  } catch {
    const isOptional = name !== 'ort';
    return isOptional
      ? { what, found: `not here; needs ${engine.needs}`, fix: null, isAbsent: true }
      : { what, found: 'does not compute', fix: `needs ${engine.needs}` };
  }
}

const run = promisify(execFile);

/** In a process of its own: a driver that is missing or broken writes to the terminal, or takes the process down. */
async function tryEngineApart(name: EngineName): Promise<Finding> {
  const bin = fileURLToPath(new URL('../../bin/radiograph.js', import.meta.url));
  const attempt = run(process.execPath, [bin, 'doctor', '--engine', name, '--json']);
  const { stdout } = await attempt.catch((error: { readonly stdout?: string }) => error);
  try {
    return (JSON.parse(stdout ?? '') as [Finding])[0]; // printed by `tryEngine`
  } catch {
    return { what: `engine ${name}`, found: 'crashes on this machine', fix: null, isAbsent: true };
  }
}

/** TensorFlow.js always computes; its native packages compute faster and may be installed beside it. */
function hintAtFaster(): string {
  const faster = tfjsPackages.findIndex(({ name }) => isResolvable(name));
  const install = tfjsPackages
    .slice(0, faster)
    .filter(({ backend }) => backend === 'tensorflow')
    .map(({ name, device }) => `npm install --no-save ${name} (${device}) in Radiograph's folder`);
  return install.length === 0 ? '' : `; faster: ${install.join(' or ')}`;
}

async function checkHome(): Promise<Finding> {
  const home = findHome();
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK);
    return { what: 'store', found: home, fix: null };
  } catch {
    return {
      what: 'store',
      found: `${home} is not writable`,
      fix: 'set RADIOGRAPH_HOME to a folder you can write to',
    };
  }
}
