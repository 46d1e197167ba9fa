/** Every default with its reason. */

/**
 * InvokeEndpoint takes 6 MiB a side (botocore BodyBlob); JSON escaping at most doubles text, BASE64 adds a third:
 * 24 MiB for both sides, and room for the rest. Raise it where AWS allows larger bodies.
 */
export const MAX_LINE_BYTES = 32 << 20;

/** Real payloads nest below 10; the bound keeps a hostile one from exhausting the stack. */
export const MAX_DEPTH = 64;

/** The largest mini-batch an event should hold; Arthur advises fewer than 100,000 rows a request for the same reason. */
export const MAX_ROWS_PER_EVENT = 100_000;

/** A flattened 128 × 128 colour image is 49,152 values. */
export const MAX_COLUMNS = 50_000;

/**
 * Values of one side of an event: 100,000 rows of 20 columns. In memory a decoded value takes some 60 to 100 bytes, so
 * this is what a function of 256 MB can hold.
 */
export const MAX_VALUES_PER_EVENT = 2_000_000;

/** The vendor's own Fiddler client waits 100 s; half of that leaves a 120 s function time for a second try. */
export const REQUEST_TIMEOUT_MS = 50_000;

/** Sinks answer in some 20 to 100 ms; at 8 in flight the wait for them hides behind decoding (bench/). */
export const MAX_IN_FLIGHT = 8;

/** Runs at once of a deployed function, for each sink: `forwarder.maxConcurrency`. */
export const MAX_CONCURRENCY = 10;
