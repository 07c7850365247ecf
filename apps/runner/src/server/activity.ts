/** What happens on the server, as one stream that a browser can leave and resume: server-sent events with ids. */
import { randomUUID } from 'node:crypto';
import type { ActivityMessage } from '@radiograph/api';
import type { Request, Response } from 'express';

export type Activity = {
  readonly publish: (message: ActivityMessage) => void;
  /** Serves one browser until it goes away. */
  readonly serve: (request: Request, response: Response) => void;
  readonly close: () => void;
};

const keptMessages = 5000;
const heartbeatMs = 15_000; // below the idle time-outs of common proxies

/** Opens the stream. Ids are `<server>-<number>`, so that a new server is noticed. */
export function openActivity(): Activity {
  const server = randomUUID().slice(0, 8);
  const kept: { readonly number: number; readonly text: string }[] = [];
  const listeners = new Set<Response>();
  let number = 0;
  const format = (id: number, message: ActivityMessage) =>
    `id: ${server}-${id}\ndata: ${JSON.stringify(message)}\n\n`;
  const heartbeat = setInterval(() => {
    for (const response of listeners) response.write(': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();
  return {
    publish(message) {
      number++;
      const text = format(number, message);
      kept.push({ number, text });
      if (kept.length > keptMessages) kept.shift();
      for (const response of listeners) response.write(text);
    },
    serve(request, response) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const missed = findMissed(request.headers['last-event-id'], { server, number, kept });
      response.write(missed ?? format(number, { type: 'reset' }));
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
    },
    close() {
      clearInterval(heartbeat);
      for (const response of listeners) response.end();
    },
  };
}

type Log = {
  readonly server: string;
  readonly number: number;
  readonly kept: readonly { readonly number: number; readonly text: string }[];
};

/** The messages after this id, or undefined where they cannot all be given. */
function findMissed(
  lastId: string | string[] | undefined,
  { server, number, kept }: Log,
): string | undefined {
  const [from, last] = String(lastId ?? '').split('-');
  const first = kept[0]?.number ?? number + 1;
  const seen = Number(last);
  if (from !== server || !Number.isInteger(seen) || seen < first - 1) return undefined;
  return [
    ': resumed\n\n',
    ...kept.filter((message) => message.number > seen).map(({ text }) => text),
  ].join('');
}
