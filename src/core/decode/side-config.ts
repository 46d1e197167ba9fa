import type { PathMapping } from './mapping';

/** What the configuration may fix for one side because the data cannot tell it. Defaults: nothing is fixed. */
export interface SideConfig {
  /** How the text is read whatever the capture says of it: `auto` goes by encoding, content type and looks. */
  readonly format: 'auto' | 'csv' | 'json';
  /** Names of positional values, in order; null: names come from the partner's model, else `feature_0…`, `prediction…`. */
  readonly columns: readonly string[] | null;
  /** The first CSV line names the columns. Hugging Face containers want one, built-in algorithms never do. Default false. */
  readonly header: boolean;
  /** `one`: the whole payload is one inference. `many`: each item of the outermost list is one. `auto`: the shape and the other side decide. */
  readonly rows: 'auto' | 'one' | 'many';
  /** Path of the list that holds the rows (`data.items`). */
  readonly rowsAt: string | null;
  /** Key inside each row that holds its values. */
  readonly valuesAt: string | null;
  /** Field by field, as the AI Toolkit's mapping documents say it; replaces every shape. */
  readonly mapping: PathMapping | null;
}

export const AUTO_SIDE: SideConfig = {
  format: 'auto',
  columns: null,
  header: false,
  rows: 'auto',
  rowsAt: null,
  valuesAt: null,
  mapping: null,
};
