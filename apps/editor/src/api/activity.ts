/** The server's event stream, shared by everything on the page; the browser resumes it after its last id. */
import { createStore } from 'zustand/vanilla';
import { ActivityMessage } from './schemas.ts';

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
  const stream = new EventSource('/api/activity');
  stream.onopen = () => connection.setState({ isOnline: true });
  stream.onerror = () => connection.setState({ isOnline: false });
  stream.onmessage = ({ data }: MessageEvent<string>) => {
    const message = ActivityMessage.safeParse(JSON.parse(data));
    if (message.success) for (const listener of listeners) listener(message.data);
  };
  return () => stream.close();
}
