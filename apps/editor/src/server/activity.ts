/** The server's event stream, shared by everything on the page; the browser resumes it after its last id. */
import { ActivityMessage, addressOf, api } from '@radiograph/api';
import { createStore } from 'zustand/vanilla';

type Listener = (message: ActivityMessage) => void;

const listeners = new Set<Listener>();

/** Whether the stream is connected. */
export const connection = createStore<{ readonly isOnline: boolean }>(() => ({ isOnline: true }));

/** Calls `listener` for every message until the returned function is called. */
export function listenToActivity(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Connects; call once. EventSource reconnects by itself and sends Last-Event-ID. */
export function connectActivity(): () => void {
  const stream = new EventSource(addressOf(api.session.activity, {}));
  stream.onopen = () => connection.setState({ isOnline: true });
  stream.onerror = () => connection.setState({ isOnline: false });
  stream.onmessage = ({ data }: MessageEvent<string>) => {
    // A message of another shape is a bug of ours or a page older than its server: it is thrown, and shows in the console.
    const message = ActivityMessage.parse(JSON.parse(data));
    for (const listener of listeners) listener(message);
  };
  return () => stream.close();
}
