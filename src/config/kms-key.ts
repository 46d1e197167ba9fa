import * as z from 'zod';

export const kmsKey = z.string().regex(/^[a-zA-Z0-9:/_-]{1,2048}$/);
