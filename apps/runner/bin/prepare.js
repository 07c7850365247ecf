// After `npm ci`: builds the programs and the editor, so that no user waits for it, and drops what other systems need.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** ONNX Runtime brings its libraries for every system, 240 MB of which one uses 45. */
function dropForeignBinaries() {
  if (process.env.RADIOGRAPH_ALL_PLATFORMS === '1') return; // for a folder that several systems share
  const binaries = findBinaries();
  const { platform, arch } = process;
  // Where ours is missing (Intel Macs) nothing is known of this machine, so nothing is dropped.
  if (binaries === undefined || !existsSync(join(binaries, platform, arch))) return;
  for (const system of readdirSync(binaries))
    for (const processor of readdirSync(join(binaries, system)))
      if (system !== platform || processor !== arch)
        rmSync(join(binaries, system, processor), { recursive: true, force: true });
}

function findBinaries() {
  try {
    const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
    const bin = join(dirname(entry), '..', 'bin');
    return join(
      bin,
      readdirSync(bin).find((name) => name.startsWith('napi-')),
    );
  } catch {
    return undefined; // not installed, or another layout
  }
}

dropForeignBinaries();
await import('./build.js');
