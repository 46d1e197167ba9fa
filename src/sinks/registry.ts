import { arthur } from './arthur/definition';
import { fiddler } from './fiddler/definition';
import { file } from './file/definition';
import type { SinkDefinition } from './sink';

/** One line a sink; nothing else changes when one is added. */
const DEFINITIONS: readonly SinkDefinition[] = [arthur, fiddler, file];

const BY_TYPE = new Map(DEFINITIONS.map((definition) => [definition.type, definition]));

export const sinkDefinitions = (): readonly SinkDefinition[] => DEFINITIONS;
export const sinkTypes = (): string[] => [...BY_TYPE.keys()];
export const sinkDefinition = (type: string): SinkDefinition | null => BY_TYPE.get(type) ?? null;
