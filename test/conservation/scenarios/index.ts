import type { Scenario } from '../scenario';
import { ambiguous } from './ambiguous';
import { configChange } from './config-change';
import { freeze } from './freeze';
import { handOverCost } from './hand-over-cost';
import { largeEvent } from './large-event';
import { longLine } from './long-line';
import { replayRace } from './replay-race';
import { copied } from './copied';
import { deleted } from './deleted';
import { outOfMemory } from './out-of-memory';
import { overwritten } from './overwritten';
import { poison } from './poison';
import { severalSinks } from './several-sinks';
import { wrongColumns } from './wrong-columns';
import { clockSkew } from './clock-skew';
import { damagedReads } from './damaged-reads';
import { everyday } from './everyday';
import { kills } from './kills';
import { killsAtHandOver } from './kills-at-hand-over';
import { killsAtQuarantine } from './kills-at-quarantine';
import { lostNotifications } from './lost-notifications';
import { notifications } from './notifications';
import { oneUnreadable } from './one-unreadable';
import { outage } from './outage';
import { partial } from './partial';
import { pause } from './pause';
import { queueTrouble } from './queue-trouble';
import { slowPartner } from './slow-partner';
import { stateAnswers } from './state-answers';
import { stateAway } from './state-away';
import { storm } from './storm';
import { token } from './token';

/** Every scenario, by name on the command line. */
export const SCENARIOS: readonly Scenario[] = [
  { ...everyday, seeds: '1-2' },
  { ...kills, seeds: '2-6' },
  { ...killsAtQuarantine, seeds: '1-3' },
  { ...killsAtHandOver, seeds: '3-4' },
  { ...pause, seeds: '1-3' },
  { ...clockSkew, seeds: '1-2' },
  { ...stateAnswers, seeds: '1-2' },
  { ...stateAway, seeds: '3,5' },
  { ...notifications, seeds: '1-2' },
  lostNotifications,
  oneUnreadable,
  { ...damagedReads, seeds: '1,5' },
  queueTrouble,
  largeEvent,
  freeze,
  { ...replayRace, seeds: '2,5' },
  { ...overwritten, seeds: '1-3' },
  { ...deleted, seeds: '1-3' },
  { ...copied, seeds: '1-3' },
  poison,
  { ...outOfMemory, seeds: '3' },
  configChange,
  { ...wrongColumns, seeds: '2' },
  { ...severalSinks, seeds: '2' },
  { ...storm, seeds: '2' },
  { ...ambiguous, seeds: '1-2' },
  { ...partial, seeds: '1-2' },
  slowPartner,
  { ...outage, seeds: '5' },
  token,
  longLine,
  handOverCost,
];
