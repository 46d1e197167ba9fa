import * as z from 'zod';

/** Names of AWS's that several settings take: buckets, regions. */

/** Prefixes and suffixes of access points, directory buckets and examples, from the same page. */
const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

/** S3 User Guide, "General purpose bucket naming rules". */
export const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
    error: 'must be the name of a bucket: 3 to 63 lower-case letters, digits, "." or "-", without s3:// and prefix',
  })
  .refine((name) => !name.includes('..') && !/^\d+\.\d+\.\d+\.\d+$/.test(name), {
    error: 'must be the name of a bucket: no two dots in a row, and no IP address',
  })
  .refine((name) => !RESERVED.test(name), {
    error:
      'must be the name of a bucket: S3 keeps names for itself that begin with xn--, sthree- or amzn-s3-demo-, or end with -s3alias, --ol-s3, .mrap, --x-s3 or --table-s3',
  });

export const region = z
  .string()
  .regex(/^[a-z]{2,5}(-[a-z]+)+-\d$/, { error: 'must be a region, such as eu-central-1' });
