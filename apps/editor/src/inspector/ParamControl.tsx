import {
  JsonInput,
  NumberInput,
  Select,
  Slider,
  Switch,
  TagsInput,
  TextInput,
} from '@mantine/core';
import type { ReactElement } from 'react';
import type { Control, Param, ParamValue } from './param-schema.ts';

type ControlProps = {
  readonly param: Param;
  readonly value: ParamValue | undefined;
  readonly describedBy: string;
  readonly onChange: (value: ParamValue) => void;
};
type Draw<T extends Control['type']> = (
  control: Extract<Control, { type: T }>,
  props: ControlProps,
) => ReactElement;

const labels = ({ param, describedBy }: ControlProps) => ({
  'aria-label': param.name,
  'aria-describedby': describedBy,
  size: 'sm' as const,
});

const asList = (value: ParamValue | undefined): string[] =>
  Array.isArray(value) ? value.map(String) : [];

/** A whole list may be typed at once: `6, 12, 18`. */
const splitAll = (entries: readonly string[], separator: string | RegExp): string[] =>
  entries.flatMap((entry) => entry.split(separator).map((part) => part.trim())).filter(Boolean);

const drawNumber: Draw<'number'> = ({ isInteger, min, max }, props) => {
  const { value, onChange } = props;
  const isShare = !isInteger && min === 0 && max === 1;
  const limits = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return (
    <>
      <NumberInput
        {...labels(props)}
        {...limits}
        clampBehavior="none"
        allowDecimal={!isInteger}
        step={isInteger ? 1 : isShare ? 0.05 : Math.abs(Number(value)) < 0.1 ? 0.001 : 0.1}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => next !== '' && Number.isFinite(Number(next)) && onChange(Number(next))}
      />
      {isShare && (
        <Slider
          mt={6}
          size="sm"
          min={0}
          max={1}
          step={0.01}
          label={null}
          thumbLabel={`${props.param.name} slider`}
          value={typeof value === 'number' ? value : 0}
          onChange={onChange}
        />
      )}
    </>
  );
};

/** Lists of numbers are typed as text: `6, 12, 18`. What is no number is kept out. */
const drawNumbers: Draw<'numbers'> = (_, props) => (
  <TagsInput
    {...labels(props)}
    value={asList(props.value)}
    splitChars={[',', ' ']}
    allowDuplicates
    onChange={(next) =>
      props.onChange(
        splitAll(next, /[,\s]+/)
          .map(Number)
          .filter(Number.isFinite),
      )
    }
  />
);

const controls: { readonly [T in Control['type']]: Draw<T> } = {
  number: drawNumber,
  numbers: drawNumbers,
  choice: ({ values }, props) => (
    <Select
      {...labels(props)}
      allowDeselect={false}
      data={values.map(String)}
      value={props.value === undefined ? null : String(props.value)}
      onChange={(next) => {
        const chosen = values.find((value) => String(value) === next);
        if (chosen !== undefined) props.onChange(chosen);
      }}
    />
  ),
  switch: (_, props) => (
    <Switch
      {...labels(props)}
      checked={props.value === true}
      onChange={({ target }) => props.onChange(target.checked)}
    />
  ),
  text: (_, props) => (
    <TextInput
      {...labels(props)}
      value={typeof props.value === 'string' ? props.value : ''}
      onChange={({ target }) => props.onChange(target.value)}
    />
  ),
  words: (_, props) => (
    <TagsInput
      {...labels(props)}
      value={asList(props.value)}
      onChange={(next) => props.onChange(splitAll(next, ','))}
    />
  ),
  json: (_, props) => (
    <JsonInput
      {...labels(props)}
      autosize
      formatOnBlur
      defaultValue={JSON.stringify(props.value)}
      onChange={(text) => {
        const parsed = parseOrNothing(text);
        if (parsed !== undefined) props.onChange(parsed);
      }}
    />
  ),
};

function parseOrNothing(text: string): ParamValue | undefined {
  try {
    return JSON.parse(text) as ParamValue; // JSON.parse gives JSON
  } catch {
    return undefined; // not finished typing
  }
}

/** The control of one parameter. */
export function ParamControl(props: ControlProps) {
  const { control } = props.param;
  // The table is total over the control's type, which TypeScript cannot follow through the index.
  const draw = controls[control.type] as Draw<Control['type']>;
  return draw(control, props);
}
