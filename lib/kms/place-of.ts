import type { Stack } from 'aws-cdk-lib';
import type { KeyPlace } from '../../src/config/kms-key';

/** Where a stack's roles are; tokens as long as the stack is bound to no account. */
export const placeOf = ({ partition, region, account }: Stack): KeyPlace => ({ partition, region, account });
