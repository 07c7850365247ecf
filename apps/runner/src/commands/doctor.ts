import { access, constants, mkdir } from 'node:fs/promises';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { isResolvable, openEngine, tfjsPackages } from '@radiograph/tensor';
import { findHome } from '../open-graph.ts';
import { registry } from '../registry.ts';

type Finding = { readonly what: string; readonly found: string; readonly fix: string | null };

/** `radiograph doctor`: engines, versions, folders, and what to install. Exit code 1 if something is missing. */
export async function doctorCommand(flags: { readonly json: boolean }): Promise<number> {
  const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB`;
  const findings: Finding[] = [
    checkNode(),
    {
      what: 'machine',
      found: `${platform()} ${arch()}, ${availableParallelism()} cores, ${memory}`,
      fix: null,
    },
    await checkModule('onnxruntime-node', 'engine ort (CPU)'),
    describeTfjs(),
    await checkModule('sharp', 'image decoding'),
    { what: 'node types', found: String(registry.list().length), fix: null },
    await checkHome(),
  ];
  if (flags.json) console.log(JSON.stringify(findings, null, 2));
  else {
    for (const { what, found, fix } of findings) {
      console.log(`${fix === null ? 'ok  ' : 'FIX '} ${what.padEnd(18)} ${found}`);
      if (fix !== null) console.log(`     -> ${fix}`);
    }
  }
  return findings.every(({ fix }) => fix === null) ? 0 : 1;
}

function checkNode(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return {
    what: 'Node.js',
    found: process.version,
    fix: major >= 20 ? null : 'install Node.js 20.19 or newer',
  };
}

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
      fix: `run npm ci; ${name} has no build for ${platform()} ${arch()} if that does not help`,
    };
  }
}

async function describeSharp(): Promise<string> {
  const { default: sharp } = await import('sharp');
  return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
}

async function describeOnnxRuntime(): Promise<string> {
  const { env } = await import('onnxruntime-node');
  return `onnxruntime-node ${env.versions.node ?? env.versions.common}`;
}

/** TensorFlow.js always computes; its native packages compute faster and may be installed beside it. */
function describeTfjs(): Finding {
  const faster = tfjsPackages.findIndex(({ name }) => isResolvable(name));
  const install = tfjsPackages
    .slice(0, faster)
    .filter(({ backend }) => backend === 'tensorflow')
    .map(({ name, device }) => `npm install ${name} (${device})`);
  const hint = install.length === 0 ? '' : `; faster: ${install.join(' or ')}`;
  return { what: 'engine tfjs', found: `${openEngine('tfjs').description}${hint}`, fix: null };
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
