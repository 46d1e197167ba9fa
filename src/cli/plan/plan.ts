import { findAcrossModels } from '../check/across-models';
import type { ConfigFile } from '../check/config-file';
import { type Finding, finding } from '../check/finding';
import { type DeclaredTrigger, declaredTriggers, record } from './declared-trigger';
import { deployedParts } from './deployed-parts';

/** What a deploy would make of one configuration, and what is wrong with it. */
export interface PlannedModel {
  readonly file: string;
  readonly model: string;
  /** The endpoint's first. None when the configuration names nothing to watch. */
  readonly triggers: readonly DeclaredTrigger[];
  readonly sinks: readonly string[];
  readonly parts: readonly string[];
  /** Each makes the deploy impossible. */
  readonly findings: readonly Finding[];
}

export function planModels(files: readonly ConfigFile[]): PlannedModel[] {
  const across = findAcrossModels(files);
  return files.map((file) => {
    const triggers = declaredTriggers(file);
    const endpoint = triggers.find((each) => each.of === 'endpoint');
    const sinks = sinkNames(file);
    const { model } = record(file.raw);
    return {
      file: file.path,
      model: file.config?.model ?? (typeof model === 'string' ? model : file.path),
      triggers,
      sinks,
      parts: endpoint === undefined ? [] : deployedParts(file, triggers, sinks),
      findings: [
        ...file.findings,
        ...(across.get(file.path) ?? []),
        ...(endpoint === undefined && file.raw !== null ? [nothingToWatch(file)] : []),
      ],
    };
  });
}

function nothingToWatch(file: ConfigFile): Finding {
  const cure = 'add capture: { bucket: …, prefix: captures/…/ }';
  const found = finding('wrong', 'configuration', 'capture.prefix', 'is missing: there is nothing to watch', cure);
  return { ...found, line: file.lineOf('capture.prefix') };
}

function sinkNames({ config, raw }: ConfigFile): string[] {
  if (config !== null) return config.sinks.map((sink) => sink.name);
  const { sinks } = record(raw);
  return (Array.isArray(sinks) ? sinks : []).map((sink) => {
    const { name, type } = record(sink);
    return [name, type, '?'].find((each) => typeof each === 'string') ?? '?';
  });
}
