/** `die-with-lock.ts LOCKS DRAFTS NAME` takes a lock and dies of SIGKILL. For the tests of the locks. */
import { acquireLock } from '../../../src/store/lock-file';

const [locks = '', drafts = '', name = ''] = process.argv.slice(2);

void acquireLock({ locks, drafts }, name, 10_000).then(() => process.kill(process.pid, 'SIGKILL'));
