/** The strptime formats a Fiddler model may name for its time column, as patterns. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  y: '\\d{2}',
  m: '(?:0?[1-9]|1[0-2])',
  d: '(?:0?[1-9]|[12]\\d|3[01])',
  H: '(?:[01]?\\d|2[0-3])',
  M: '[0-5]?\\d',
  S: '[0-5]?\\d',
  f: '\\d{1,6}',
  z: '(?:Z|[+-]\\d{2}:?\\d{2})',
  Z: '(?:UTC|GMT|Z)',
  '%': '%',
};

/** `%Y-%m-%dT%H:%M:%SZ` and the like. Throws for a directive it does not know: the model then is a mistake of the test. */
export function timeFormat(format: string): RegExp {
  const source = format.replaceAll(/%(.)|[^%]+/g, (text, directive: string | undefined) => {
    if (directive === undefined) return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
    const pattern = DIRECTIVES[directive];
    if (pattern === undefined) throw new Error(`unknown directive %${directive} in event_ts_format`);
    return pattern;
  });
  return new RegExp(`^${source}$`);
}
