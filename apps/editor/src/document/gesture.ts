/** Whether a hand moves something on the canvas: what can wait does not take its frames. */

let isMoving = false;

/** A drag or a pan began. */
export function beginGesture(): void {
  isMoving = true;
}

/** It ended. */
export function endGesture(): void {
  isMoving = false;
}

const lookAgainMs = 100;
const patience = 30;

/** Acts now, or after the gesture; a gesture of more than three seconds does not hold it up further. */
export function whenStill(action: () => void, looks = patience): void {
  if (isMoving && looks > 0) setTimeout(() => whenStill(action, looks - 1), lookAgainMs);
  else action();
}
