import type { StepState } from '../runs/run-state.ts';
import { LineChart } from './charts/LineChart.tsx';
import { cssColor } from './class-color.ts';

/** The metrics that a step reports while it runs, one chart each. */
export function LiveCurves({ step }: { readonly step: StepState }) {
  return Object.entries(step.curves).map(([name, points], index) => (
    <LineChart
      key={name}
      width={300}
      height={190}
      label={`${name} during the run`}
      xLabel={step.progress?.unit ?? 'step'}
      yLabel={name}
      series={[{ name, color: cssColor(index), points }]}
    />
  ));
}
