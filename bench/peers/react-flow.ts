/** The peer of the editor's bench: React Flow as its quick start shows it, with as many nodes and wires, all of the default type. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GraphDocument } from '@radiograph/graph';
import { build } from 'vite';

// Below the repository, so that the page finds its packages.
const folder = fileURLToPath(new URL('../../node_modules/.cache/react-flow-peer', import.meta.url));

const page = (nodes: unknown, edges: unknown) => `
  import { createElement } from 'react';
  import { createRoot } from 'react-dom/client';
  import { Background, MiniMap, ReactFlow, useEdgesState, useNodesState } from '@xyflow/react';
  import '@xyflow/react/dist/style.css';
  const initial = { nodes: ${JSON.stringify(nodes)}, edges: ${JSON.stringify(edges)} };
  function Page() {
    const [nodes, , onNodesChange] = useNodesState(initial.nodes);
    const [edges, , onEdgesChange] = useEdgesState(initial.edges);
    const flow = { nodes, edges, onNodesChange, onEdgesChange, fitView: true, minZoom: 0.08 };
    return createElement('div', { style: { width: '100vw', height: '100vh' } },
      createElement(ReactFlow, flow, createElement(Background), createElement(MiniMap)));
  }
  createRoot(document.getElementById('root')).render(createElement(Page));`;

/** Builds the page and serves it until \`close\`. Also tells the gzipped size of its script, in bytes. */
export async function servePeer({ nodes, edges, layout = {} }: GraphDocument) {
  const flowNodes = Object.keys(nodes).map((id) => {
    const [x, y] = layout[id] ?? [0, 0];
    return { id, position: { x, y }, data: { label: nodes[id]!.type } };
  });
  const flowEdges = edges.map(({ from, to }, index) => {
    const [source, target] = [from.split('.')[0], to.split('.')[0]];
    return { id: `${index}`, source, target };
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.js'), page(flowNodes, flowEdges));
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><div id="root"></div><script type="module" src="./main.js"></script>',
  );
  await build({ root: folder, logLevel: 'error' });
  const types: Readonly<Record<string, string>> = {
    html: 'text/html',
    js: 'text/javascript',
    css: 'text/css',
  };
  const server = createServer(({ url = '/' }, response) => {
    const name = url === '/' ? '/index.html' : url.replaceAll('..', '');
    try {
      const content = readFileSync(join(folder, 'dist', name));
      response
        .setHeader('content-type', types[name.split('.').at(-1)!] ?? 'text/plain')
        .end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return {
    address: `http://127.0.0.1:${port}/`,
    folder: join(folder, 'dist'),
    close: () => server.close(),
  };
}
