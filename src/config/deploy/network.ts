import * as z from 'zod';

/** Where in a network instances or functions stand; as many as EC2 takes of each (CreateModel, VpcConfig). */
export const network = z.strictObject({
  subnets: z
    .array(z.string().regex(/^subnet-/, { error: 'must be the id of a subnet: subnet-…' }))
    .min(1)
    .max(16),
  securityGroups: z
    .array(z.string().regex(/^sg-/, { error: 'must be the id of a security group: sg-…' }))
    .min(1)
    .max(5),
});
