import * as z from 'zod';

/** Where in a network instances or functions stand; as many as EC2 takes of each (CreateModel, VpcConfig). */
export const network = z.strictObject({
  subnets: z.array(idOf('subnet', 'a subnet')).min(1).max(16),
  securityGroups: z.array(idOf('sg', 'a security group')).min(1).max(5),
});

/** 8 hexadecimal digits, of resources that were made since 2016 17 (EC2 User Guide, "Longer IDs"). */
function idOf(prefix: string, what: string): z.ZodString {
  return z.string().regex(new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`), {
    error: `must be the id of ${what}, such as ${prefix}-0a1b2c3d4e5f60718`,
  });
}
