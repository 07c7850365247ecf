import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { planGraph } from '@radiograph/graph';
import { openServices, PlanReport, reportPlan } from '@radiograph/runtime';
import { afterAll, expect, test } from 'vitest';
import { openGraph } from '../apps/runner/src/open-graph.ts';
import { nodePackages } from '../apps/runner/src/registry.ts';

const home = mkdtempSync(join(tmpdir(), 'radiograph-bundle-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('the command starts from a bundle, and its keys are those of the sources', async () => {
  const graphPath = resolve('test/tiny/tiny.graph.json');
  const command = ['apps/runner/bin/radiograph.js', 'plan', graphPath, '--json'];
  const env = { ...process.env, RADIOGRAPH_HOME: home };
  const bundled = PlanReport.parse(
    JSON.parse(execFileSync(process.execPath, command, { env }).toString()),
  );
  expect(readdirSync('apps/runner/dist')).toContain('built.json');

  const { graph } = await openGraph(graphPath);
  const { services } = await openServices({ home, graphPath, packages: nodePackages });
  expect(bundled).toEqual(reportPlan(await planGraph(graph, services)));
  expect(bundled.some((step) => step.type === 'run' && step.key !== null)).toBe(true);
});
