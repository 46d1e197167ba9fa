import { oneToTwenty, runFleet } from './fleet';
test('figures', async () => {
  const out: string[] = [];
  for (const [needs, newProcess, perSecond, runners] of [
    [oneToTwenty, 'never', 50, 10],
    [oneToTwenty, 'never', 50, 50],
    [() => 10, 'never', 200, 50],
    [oneToTwenty, 'never', 20, 10],
    [oneToTwenty, 'each run', 50, 10],
    [oneToTwenty, 'each run', 50, 50],
    [oneToTwenty, 'each run', 20, 50],
    [oneToTwenty, 'keep', 200, 50],
    [() => 1, 'keep', 50, 50],
    [() => 1, 'each run', 20, 50],
  ] as any) {
    let u = 0,
      w = 0;
    for (const seed of [1, 2, 3]) {
      const r = await runFleet({
        runners,
        perSecond,
        seconds: 120,
        needs,
        newProcess: newProcess === 'keep' ? 'never' : newProcess,
        givesBack: newProcess !== 'keep',
        inFlight: 4,
        requestMs: 100,
        seed,
      });
      u += r.usedShare / 3;
      w += r.requestsPerWrite / 3;
    }
    out.push(`${newProcess} ${perSecond} ${runners} ${u.toFixed(3)} ${w.toFixed(2)}`);
  }
  console.log(out.join('\n'));
});
