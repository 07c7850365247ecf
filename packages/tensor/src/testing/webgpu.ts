/**
 * Where tests find a WebGPU device: a GPU of the machine, else the one that Debian's Chromium draws in software. That one is slow and
 * exact; numbers from it say nothing about the speed of a GPU.
 */
import { existsSync } from 'node:fs';
import { type Engine, openEngine, probeEngine } from '../backends/engine.ts';

const software = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** `RADIOGRAPH_TESTS=all`: every test on every engine, however long it takes. */
export const isThorough = process.env.RADIOGRAPH_TESTS === 'all';

/** The environment in which a process of a test finds a device. */
export function webgpuEnvironment(): Record<string, string> {
  return process.env.VK_ICD_FILENAMES === undefined && existsSync(software)
    ? { VK_ICD_FILENAMES: software, XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? '/tmp' }
    : {};
}

/** The engine where it computes here, otherwise nothing; the test of [E14] that is then skipped says so. */
export async function findWebgpu(): Promise<{ readonly 'ort-webgpu'?: Engine }> {
  Object.assign(process.env, webgpuEnvironment());
  const engine = openEngine('ort-webgpu');
  try {
    await probeEngine(engine);
    return { 'ort-webgpu': engine };
  } catch {
    return {};
  }
}
