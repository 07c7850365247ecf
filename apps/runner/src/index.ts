export { main } from './cli.ts';
export { nodePackages, registry } from './registry.ts';
