/** The names that servers, function and harness share. */
export const CAPTURES = 'captures';
export const PREFIX = 'in/';
export const STATE_BUCKET = 'relay-state';
export const MODEL = 'conserved';
