import type { Change } from './bundles';

/** A part of the product that is left out, and the scenario that must notice. */
export interface Mutation {
  readonly name: string;
  readonly scenario: string;
  /** One of them must fail, and none is tried after it: not every seed comes to the point, and on a busy machine fewer do. */
  readonly seeds: string;
  readonly changes: readonly Change[];
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a lease that others do not respect',
    scenario: 'notifications',
    seeds: '1-12',
    changes: [
      {
        file: 'src/ledger/admission.ts',
        find: "if (waitMs > 0) return { kind: 'busy', waitMs };",
        replace: '',
      },
    ],
  },
  {
    name: 'a lease that its holder does not look at before it sends',
    scenario: 'pause',
    seeds: '8-30',
    changes: [
      {
        file: 'src/ledger/claim.ts',
        find: 'return !this.isLost && this.clock.nowMs() - this.heldSinceMs < this.leaseMs - LEASE_MARGIN_MS;',
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'ledger writes without a condition (no fencing)',
    scenario: 'pause',
    seeds: '8-30',
    changes: [
      {
        file: 'src/store/s3-store.ts',
        find: "...(typeof condition === 'object' ? { IfMatch: condition.tag } : {}),\n    });\n    hearDates",
        replace: '});\n    hearDates',
      },
    ],
  },
  {
    name: 'a write of our own that is not recognised after its answer was lost',
    scenario: 'state-answers',
    seeds: '5-40',
    changes: [
      {
        file: 'src/store/compare-and-set.ts',
        find: "if (current?.body === body) return { kind: 'written', tag: current.tag };",
        replace: '',
      },
    ],
  },
  {
    name: 'runs that begin at the start of the file, whatever was settled',
    scenario: 'kills-at-hand-over',
    seeds: '1-4',
    changes: [
      {
        file: 'src/ledger/admission.ts',
        find: "{ ...entry, state: 'inFlight' }",
        replace: "{ ...entry, state: 'inFlight', progress: FILE_START }",
      },
    ],
  },
  {
    name: 'a ledger that counts refused rows before they stand in quarantine',
    scenario: 'kills-at-quarantine',
    seeds: '1-40',
    changes: [
      {
        file: 'src/app/recorder.ts',
        find: 'await this.quarantine.flush();',
        replace: 'const saved = await put(entry); await this.quarantine.flush(); return saved;',
      },
    ],
  },
  {
    name: 'a breaker that never opens',
    scenario: 'outage',
    seeds: '3-5',
    changes: [
      {
        file: 'src/pressure/breaker.ts',
        find: "if (this.clock.nowMs() < this.closedUntilMs) return { kind: 'closed' };",
        replace: "return { kind: 'closed' };",
      },
    ],
  },
  {
    name: 'a file that comes again by its old message',
    scenario: 'outage',
    seeds: '1-3',
    changes: [
      {
        file: 'src/app/hand-over.ts',
        find: 'if (to === null) return failure;',
        replace: 'return failure;',
      },
    ],
  },
  {
    name: 'a stop that is forgotten while another batch waits for its record',
    scenario: 'slow-partner',
    seeds: '2-40',
    changes: [
      {
        file: 'src/core/courier.ts',
        find: 'this.stop ??= stop;',
        replace: 'this.stop = stop;',
      },
      { file: 'src/core/pipeline.ts', find: ' && run.tally.inFlight === 0', replace: '' },
    ],
  },
  {
    name: 'a sweep that takes every capture for known',
    scenario: 'lost-notifications',
    seeds: '1-6',
    changes: [
      {
        file: 'src/sweep/compare-hour.ts',
        find: 'else missing.push(missingFile(each));',
        replace: '',
      },
    ],
  },
  {
    name: 'progress that forgets what it has not come to yet',
    scenario: 'read-behind',
    seeds: '1-3',
    changes: [
      {
        file: 'src/core/progress.ts',
        find: 'const rest = this.earlier.rest();',
        replace: 'const rest: never[] = [];',
      },
    ],
  },
];
