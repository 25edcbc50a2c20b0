// What a coding agent's model took, in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isAgentsUsage, moneyWords, tokenWords, usageOf, usageWord, usageWords } from "../../static/usage.js";

/** @param {any} data @returns {any} */
const usage = (data, source = "claude") => ({ kind: "usage", source, data });

test("the agent's usage is not that of the project manager's model", () => {
  assert.ok(isAgentsUsage(usage({ used_tokens: 1, size_tokens: 2 })));
  assert.ok(!isAgentsUsage(usage({ input_tokens: 1, output_tokens: 2 }, "pm")));
  assert.equal(usageOf(usage({ input_tokens: 1 }, "pm")), null);
});

test("tokens and money are told as people say them", () => {
  assert.deepEqual([840, 1_000, 9_940, 9_960, 41_210, 200_000, 999_600, 1_048_576].map(tokenWords), ["840", "1k", "9.9k", "10k", "41k", "200k", "1M", "1M"]);
  assert.deepEqual([moneyWords({ amount: 0.4213, currency: "USD" }), moneyWords({ amount: 0.0042, currency: "USD" }), moneyWords({ amount: 12.5, currency: "credits" })], ["$0.42", "$0.0042", "12.5 credits"]);
});

test("a heading has room for the cost, or else for the tokens", () => {
  const paid = /** @type {any} */ (usageOf(usage({ used_tokens: 41_210, size_tokens: 200_000, cost: { amount: 0.42, currency: "USD" } })));
  assert.equal(usageWord(paid), "$0.42");
  assert.equal(usageWords(paid), "41k of 200k tokens in mind · $0.42 so far");
  const unpaid = /** @type {any} */ (usageOf(usage({ used_tokens: 41_210, size_tokens: 0 })));
  assert.equal(usageWord(unpaid), "41k tokens");
  assert.equal(usageWords(unpaid), "41k tokens in mind");
});
