import { version } from '../package.json';

/** As partners see it in our User-Agent. */
export const VERSION: string = version;
