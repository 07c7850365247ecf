import type { SampleReport } from '@radiograph/api';
import { classColor } from '@radiograph/kinds';
import { useEffect, useRef } from 'react';
import styles from './NodePreview.module.css';

/** What a step's unfinished work looks like: images with the classes that it sees by now. */
export function LiveSamples({ samples }: { readonly samples: readonly SampleReport[] }) {
  return (
    <div className={styles.samples} data-preview="live">
      {samples.map((sample) => (
        <LiveSample key={sample.id} sample={sample} />
      ))}
    </div>
  );
}

function LiveSample({ sample }: { readonly sample: SampleReport }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(toImage(sample), 0, 0);
  }, [sample]);
  const { id, width, height } = sample;
  return (
    <canvas ref={canvas} width={width} height={height} role="img" aria-label={`${id} so far`} />
  );
}

const share = 0.5; // of a class's color, over the image

function toImage({ width, height, pixels, classes }: SampleReport): ImageData {
  const [grey, named] = [bytesOf(pixels), bytesOf(classes)];
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const [value, name] = [grey[i] ?? 0, named[i] ?? 0];
    const color = name === 0 ? undefined : classColor(name - 1);
    for (let c = 0; c < 3; c++)
      image.data[4 * i + c] = color === undefined ? value : value * (1 - share) + color[c]! * share;
    image.data[4 * i + 3] = 255;
  }
  return image;
}

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
