/* oxlint-disable typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return -- no types are loaded for a preloaded script */
// Loaded by every process of the function before anything else (NODE_OPTIONS), so that the product needs no hook: its
// clocks follow the world's jumps, and its credentials say which process speaks.
const { openSync, readSync } = require('node:fs');

const skew = Buffer.alloc(8);
const file = openSync(process.env.CONSERVATION_CLOCK, 'r');

function jumpedMs() {
  readSync(file, skew, 0, 8, 0);
  return skew.readDoubleLE(0);
}

const monotonic = performance.now.bind(performance);
const wall = Date.now.bind(Date);
performance.now = () => monotonic() + jumpedMs();
// Without it the SDK would take S3 for hours ahead, and try each refusal again.
Date.now = () => wall() + jumpedMs();
// For the runtime: the time that an invocation has left is real.
globalThis.realNow = wall;

process.env.AWS_ACCESS_KEY_ID = `pid-${process.pid}`;
process.env.PARTNER_TOKEN = `pid-${process.pid}`;
