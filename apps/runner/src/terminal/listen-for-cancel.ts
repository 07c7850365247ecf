import { exitCodes } from '../exit-codes.ts';

/** Ctrl-C asks the worker to stop; a second one leaves at once. */
export function listenForCancel(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const cancel = () => {
    if (controller.signal.aborted) process.exit(exitCodes.canceled);
    process.stderr.write(
      '\ncanceling: the running step stops at its next batch; finished steps are kept\n',
    );
    controller.abort();
  };
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  const stop = () => {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
  };
  return { signal: controller.signal, stop };
}
