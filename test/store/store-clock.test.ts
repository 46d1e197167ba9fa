import { StoreClock } from '../../src/store/store-clock';

const MACHINE_MS = 5_000_000;

function clockAt() {
  const machine = { monotonicMs: 0 };
  const clock = new StoreClock(
    () => machine.monotonicMs,
    () => MACHINE_MS,
  );
  return { machine, clock };
}

describe("a store's clock", () => {
  test('is the machine’s until the first answer', () => {
    const { clock } = clockAt();

    expect(clock.nowMs()).toBe(MACHINE_MS);
    clock.heard(Number.NaN);
    expect(clock.nowMs()).toBe(MACHINE_MS);
  });

  test('goes on from the last answer with the machine’s monotonic time', () => {
    const { machine, clock } = clockAt();

    clock.heard(1_000_000);
    machine.monotonicMs = 2_500.7;

    expect(clock.nowMs()).toBe(1_002_500);
  });

  test('comes nearer with every answer, and never overtakes the true one', () => {
    const { machine, clock } = clockAt();
    // The store's true time is 1,000,750 and what has passed; answers take up to 400 ms, and have whole seconds.
    for (let sentMs = 0; sentMs < 60_000; sentMs += 130) {
      machine.monotonicMs = sentMs + ((sentMs * 7) % 400);
      clock.heard(Math.floor((1_000_750 + sentMs) / 1_000) * 1_000);
      expect(clock.nowMs()).toBeLessThanOrEqual(1_000_750 + machine.monotonicMs);
    }

    expect(1_000_750 + machine.monotonicMs - clock.nowMs()).toBeLessThan(200);
  });

  test('does not go back for an answer that was long on its way', () => {
    const { machine, clock } = clockAt();
    clock.heard(1_000_000);
    machine.monotonicMs = 9_000;
    const before = clock.nowMs();

    clock.heard(1_000_000);

    expect(clock.nowMs()).toBe(before);
  });

  test('is put right by the next answer after the machine was suspended', () => {
    const { machine, clock } = clockAt();
    clock.heard(1_000_000);
    machine.monotonicMs = 10;

    clock.heard(1_900_000);

    expect(clock.nowMs()).toBe(1_900_000);
  });
});
