/** A picture for people, as PNG bytes. */
export type Figure = {
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
};
