/** The server that this page came from. */
import { createClient } from '@radiograph/api';

/** Its routes as functions: `server.graphs.read({ query: { path } })`. */
export const server = createClient((path, init) => fetch(path, init));
