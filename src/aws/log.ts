/** Structured log lines: one JSON object each, as CloudWatch Logs Insights reads them. Nothing here takes a payload. */
export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Readonly<
  Record<
    string,
    string | number | boolean | null | readonly string[] | readonly number[] | readonly object[] | undefined
  >
>;
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

export function jsonLog(write: (line: string) => void): Log {
  return (level, message, fields = {}) => write(JSON.stringify({ level, message, ...fields }));
}

/** To standard output, as Lambda collects it. */
export const stdoutLog: Log = jsonLog((line) => process.stdout.write(`${line}\n`));
