import type { JsonObject } from '../../src/local/partners/json';
import { modelId } from './models';
import type { World } from './world';

/** What a partner holds of one sink, by the place that stands in each row, whatever id it came under. */
export interface Held {
  readonly times: number;
  readonly ids: ReadonlySet<string>;
}

export interface HeldBySink {
  /** `file:place`, as the rows say it. */
  readonly places: ReadonlyMap<string, Held>;
  /** Rows of calls whose answer nobody living got. */
  readonly unheardRows: number;
}

export function heldAt(world: World, sinkName: string): HeldBySink {
  const at = world.options.sinks.findIndex(({ name }) => name === sinkName);
  const sink = world.options.sinks[at];
  if (sink === undefined) throw new Error(`the world has no sink ${sinkName}`);
  const places = new Map<string, { times: number; ids: Set<string> }>();
  let unheardRows = 0;
  for (const { id, row, request } of world.servers[sink.partner].stored(modelId(sink, at))) {
    const place = placeIn(sink.partner === 'arthur' ? (row.inference_data as JsonObject) : row);
    const held = places.get(place) ?? { times: 0, ids: new Set<string>() };
    held.times += 1;
    held.ids.add(id);
    places.set(place, held);
    if (world.unheard[sink.partner]?.has(request) === true) unheardRows += 1;
  }
  return { places, unheardRows };
}

export const repeatsIn = ({ places }: HeldBySink): number =>
  [...places.values()].reduce((sum, { times }) => sum + times - 1, 0);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const placeIn = (columns: JsonObject): string => `${textOf(columns.file)}:${textOf(columns.place)}`;
