/** One header field; `raw` is what stands in the message, folds and line ending included. */
export interface Field {
  /** Lower case. */
  readonly name: string;
  /** Unfolded, without the space around it. */
  readonly value: string;
  readonly raw: string;
}

/** A value such as `text/plain; charset=utf-8`, taken apart; names are lower case. */
export interface ParameterizedValue {
  readonly value: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const FIELD = /^([^\s:]+)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|$)/gm;
const PARAMETER = /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g;

/** The fields of a header in their order; lines that are no fields are left out. RFC 5322 section 2.2. */
export function parseFields(header: string): Field[] {
  return Array.from(header.matchAll(FIELD), ([raw, name = '', value = '']) => ({
    name: name.toLowerCase(),
    value: value.replace(/\r?\n/g, '').trim(),
    raw,
  }));
}

/** The value of the first field called `name` (lower case). */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

/** Reads a value with parameters, RFC 2045 section 5.1; anything can be read as one. */
export function parseParameters(text: string): ParameterizedValue {
  const parameters = Array.from(text.matchAll(PARAMETER), ([, name = '', quoted, token = '']) => {
    return [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token] as const;
  });
  return { value: (text.split(';', 1)[0] ?? '').trim().toLowerCase(), parameters };
}
