import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { type Host, listenForCancel } from './listen-for-cancel.ts';

/** A process that is never ended: `send` plays the system's part, `atMs` the clock's. */
function fakeHost({ hasTerminal = true } = {}) {
  const events = new EventEmitter();
  const said: string[] = [];
  const exits: number[] = [];
  let nowMs = 1000;
  const host: Host = {
    on: events.on.bind(events),
    off: events.off.bind(events),
    exit: (code: number) => exits.push(code),
    hasTerminal,
    write: (text: string) => said.push(text),
    now: () => nowMs,
  };
  const send = (name: string, atMs: number): void => {
    nowMs = atMs;
    events.emit(name, name);
  };
  return { host, said, exits, send, events };
}

describe('listening for cancel', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'])(
    'one %s cancels and says so, a second leaves at once with the exit code of a canceled run',
    (name) => {
      const { host, said, exits, send } = fakeHost();
      const { signal } = listenForCancel('stopping', host);

      send(name, 1000);
      expect([signal.aborted, said, exits]).toEqual([true, ['\nstopping\n'], []]);
      send('SIGINT', 2000);
      expect(exits).toEqual([5]);
      expect(said).toHaveLength(1);
    },
  );

  test('what npx passes on of the same Ctrl-C is no second one', () => {
    const { host, exits, send } = fakeHost();
    listenForCancel('stopping', host);

    send('SIGINT', 1000);
    send('SIGINT', 1040);
    expect(exits).toEqual([]);
  });

  test('a terminal that closes hangs up more than once: that is no second wish', () => {
    const { host, exits, send } = fakeHost();
    listenForCancel('stopping', host);

    send('SIGHUP', 1000);
    send('SIGHUP', 9000);
    expect(exits).toEqual([]);
  });

  test('under nohup, without any terminal, a hangup stops nothing', () => {
    const { host, send } = fakeHost({ hasTerminal: false });
    const { signal } = listenForCancel('stopping', host);

    send('SIGHUP', 1000);
    expect(signal.aborted).toBe(false);
    send('SIGTERM', 1000);
    expect(signal.aborted).toBe(true);
  });

  test('hears nothing after stop', () => {
    const { host, events } = fakeHost();
    listenForCancel('stopping', host).stop();

    expect(events.eventNames()).toEqual([]);
  });
});
