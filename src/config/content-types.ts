import * as z from 'zod';

const types = z.array(z.string().max(256).regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*\/[a-zA-Z0-9](-*[a-zA-Z0-9.])*$/)).min(1).max(10);
export const contentTypes = z.strictObject({ csv: types.optional(), json: types.optional() });
