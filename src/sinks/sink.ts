import type { CaptureFile, DeliveryResult, InferenceBatch } from '../core/types';
import type { BatchTemplate } from '../core/row-template';
import type { ColumnPlan } from '../core/column-plan';
import type { PassThrough } from '../core/pass-through';
import type { CommonSinkSettings } from '../config/fields';

/**
 * The contract every sink meets. A sink is one folder: its definition (pure: safe at synth time), the request it sends
 * and how it reads the answer. It sends one request per call; waiting, retrying, halving and isolating a refused row
 * are done once, for all sinks, in `core/deliver.ts`. Write one with `defineSink`.
 */
export interface SinkDefinition {
  /** As in `type:` of the configuration; the partner's or protocol's own name. */
  readonly type: string;
  /** Checks the sink's own part of the configuration; lists every problem, each with its key. Pure. */
  readonly parse: (
    raw: unknown,
    path: string,
  ) => { readonly sink: ConfiguredSink } | { readonly problems: readonly string[] };
  /** One sentence each for the documentation: what `delivered` means there, and what a repeat does. */
  readonly delivered: string;
  readonly repeats: string;
}

/** A sink with checked settings, not yet connected. */
export interface ConfiguredSink {
  readonly type: string;
  readonly settings: CommonSinkSettings;
  /** What one request may hold, with the page or client that says so in the definition. */
  readonly limits: SinkLimits;
  /** Which settings are secrets: their references are resolved before `open`, and nowhere else. */
  readonly secrets: Readonly<Record<string, SecretReference>>;
  /** Loads the part that talks, reads the partner's schema. Never throws for what partner or network may do. */
  readonly open: (context: SinkContext) => Promise<OpenSink | SinkProblem>;
}

export interface SinkContext {
  /** Resolved secrets by the names `secrets` gave them. */
  readonly secrets: Readonly<Record<string, string>>;
  /** For the User-Agent header and client name headers. */
  readonly version: string;
  /** Milliseconds one request may take at most. */
  readonly requestTimeoutMs: number;
  /** Ends the opening when the run ends. */
  readonly signal?: AbortSignal | undefined;
}

/** The partner could not be reached or refuses us before any inference is sent. Nothing is lost: nothing was tried. */
export interface SinkProblem {
  readonly problem: Extract<DeliveryResult, { kind: 'retryable' | 'misconfigured' }>;
}

/** An open sink: connections, schema and row form are settled. */
export interface OpenSink {
  /** How one inference is written as JSON, as data; null when the sink takes values. */
  readonly template: BatchTemplate | null;
  /** Names, order and types the partner's own model schema asks for; null when it has none to tell. */
  readonly columns: ColumnPlan | null;
  /** Whether the partner can store an inference without a time, or without a zone in it; where not, the key's time stands in and is counted. */
  readonly needsTime: 'no' | 'any' | 'zoned';
  /** One request. Never throws for what a partner or network may do. */
  readonly deliver: (batch: InferenceBatch, signal: AbortSignal) => Promise<DeliveryResult>;
  /** Set for a partner that takes capture files as they are: then nothing is decoded, and `deliver` is not called. */
  readonly passThrough?: PassThrough;
  /** End of one capture file: whatever must be made durable now (a file is renamed into place). */
  readonly finishFile?: (file: CaptureFile, outcome: { readonly complete: boolean }) => Promise<DeliveryResult>;
  readonly close: () => Promise<void>;
}

export interface SinkLimits {
  readonly maxBatchInferences: number;
  /** Bytes of one request body. */
  readonly maxBatchBytes: number;
  /** Bytes of one encoded inference; a larger one is rejected, never sent. */
  readonly maxInferenceBytes: number;
  /** Requests in flight at once. */
  readonly maxInFlight: number;
}

/** A secret is named, never written down: in Secrets Manager, in Parameter Store, or in an environment variable. */
export type SecretReference =
  | { readonly secret: string; readonly key?: string | undefined }
  | { readonly ssm: string }
  | { readonly env: string };
