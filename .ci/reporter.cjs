// The gate's view of mocha: a line per test file with its time as soon as it is done, each failure at once,
// and at the end the counts as JSON in the file named by the option `output`.
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');
const { reporters, Runner } = require('mocha');

const say = (line) => process.stdout.write(`${line}\n`);
const seconds = (from) => ((performance.now() - from) / 1000).toFixed(1).padStart(6);

const GRACE_MS = 15_000;

/** A test has left something open that holds the process up. */
function failOverWhatIsOpen() {
  say(
    `Still open ${GRACE_MS / 1000} s after the last test, so this ends here: ${process.getActiveResourcesInfo().join(', ')}`,
  );
  process.exit(1);
}

module.exports = class GateReporter extends reporters.Base {
  #file = '';
  #since = performance.now();
  #passed = 0;

  constructor(runner, options) {
    super(runner, options);
    const begun = performance.now();
    const { EVENT_SUITE_BEGIN, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_RUN_END } = Runner.constants;
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (suite.file !== undefined && suite.file !== this.#file) this.#turnTo(suite.file);
    });
    runner.on(EVENT_TEST_PASS, () => {
      this.#passed += 1;
    });
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      say(`FAILED ${test.fullTitle()}\n${error.stack ?? error.message}\n`);
    });
    runner.once(EVENT_RUN_END, () => {
      this.#turnTo('');
      const { passes, failures, pending } = this.stats;
      say(`${seconds(begun)} s  in all; ${passes} passed, ${failures} failed, ${pending} pending`);
      writeFileSync(options.reporterOption.output, JSON.stringify({ passes, failures }));
      setTimeout(failOverWhatIsOpen, GRACE_MS).unref();
    });
  }

  #turnTo(file) {
    if (this.#file !== '') {
      say(`${seconds(this.#since)} s  ${relative('dist/test', this.#file)}  ${this.#passed} passed`);
    }
    this.#file = file;
    this.#since = performance.now();
    this.#passed = 0;
  }
};
