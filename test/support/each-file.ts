import { reportCounts, watchProcess } from './secret-watch';
import { takeWaiting } from './until';

watchProcess();

// A test that ran out of time waits for something: what, is the first one wants to know.
afterEach(() => {
  for (const place of takeWaiting()) process.stderr.write(`${expect.getState().currentTestName}: ${place}\n`);
});

afterAll(reportCounts);
