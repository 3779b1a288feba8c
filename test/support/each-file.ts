import { takeWaiting } from './until';

// A test that ran out of time waits for something: what, is the first one wants to know.
afterEach(() => {
  for (const place of takeWaiting()) process.stderr.write(`${expect.getState().currentTestName}: ${place}\n`);
});
