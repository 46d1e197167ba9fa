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
import { readBehind } from './read-behind';
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
  everyday,
  { ...kills, seeds: '2-4' },
  { ...killsAtQuarantine, seeds: '1-2' },
  { ...killsAtHandOver, seeds: '3' },
  { ...pause, seeds: '1-2' },
  clockSkew,
  stateAnswers,
  { ...stateAway, seeds: '3' },
  notifications,
  lostNotifications,
  oneUnreadable,
  damagedReads,
  readBehind,
  queueTrouble,
  largeEvent,
  freeze,
  { ...replayRace, seeds: '2' },
  { ...overwritten, seeds: '1-2' },
  { ...deleted, seeds: '1-2' },
  { ...copied, seeds: '1-2' },
  poison,
  { ...outOfMemory, seeds: '3' },
  configChange,
  { ...wrongColumns, seeds: '2' },
  { ...severalSinks, seeds: '2' },
  { ...storm, seeds: '2' },
  ambiguous,
  partial,
  slowPartner,
  { ...outage, seeds: '5' },
  token,
  longLine,
  handOverCost,
];
