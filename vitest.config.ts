import { defineConfig } from 'vitest/config';

// Node runs the sources directly; `unit` is what sits beside the code, `cross` is what crosses packages.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,apps}/*/src/**/*.test.ts'],
          testTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'cross',
          include: ['{test,scripts}/**/*.test.ts'],
          testTimeout: 300_000,
          retry: 1, // a browser or a Slurm daemon on a busy machine may answer too late once
          hookTimeout: 120_000,
        },
      },
    ],
    globalSetup: 'test/temporary-folder.ts',
    maxWorkers: 2,
  },
});
