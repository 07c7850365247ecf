#!/usr/bin/env node
// The sources are TypeScript; Node before 22.18 cannot run them, so tsx translates them (cached on disk).
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../src/cli.ts');
process.exitCode = await main(process.argv.slice(2));
