// Who outside is notified, in words.

import assert from "node:assert/strict";
import test from "node:test";
import { notificationTone, notificationWords, testWords, toldOf } from "../../static/webhook-words.js";

const AT = Date.parse("2026-01-01T12:00:00Z");
const told = { target: "https://hooks.example.com", waiting: 0, oldest_waiting_at: null, last_delivered_at: null, last_failure: null, given_up: 0, problem: null, recent: [] };
/** @param {any} known */
const says = (known) => Object.fromEntries(toldOf(known, AT).map((fact) => [fact.name, fact.says]));

test("what is known is said, and what is not is said not to be", () => {
  assert.deepEqual(says(told), { "Sent to": "https://hooks.example.com", Waiting: "nothing", "Last delivered": "none yet", "Last not delivered": "none" });
  const busy = says({
    ...told, waiting: 2, oldest_waiting_at: "2026-01-01T11:58:00Z", last_delivered_at: "2026-01-01T11:00:00Z", given_up: 3,
    last_failure: { at: "2026-01-01T11:59:30Z", reason: "it answered 404", status: 404 },
  });
  assert.equal(busy.Waiting, "2, the oldest from 2 min ago");
  assert.equal(busy["Last delivered"], "1 h ago");
  assert.equal(busy["Last not delivered"], "30 s ago: it answered 404");
  assert.equal(busy["Given up"], "3 of the last days");
  assert.equal(says({ ...told, waiting: null, given_up: null, problem: "it took too long" }).Waiting, "not known: it took too long");
  const many = says({ ...told, waiting: 10001, oldest_waiting_at: "2026-01-01T11:58:00Z", given_up: 10000 });
  assert.equal(many.Waiting, "more than 10000, the oldest from 2 min ago");
  assert.equal(many["Given up"], "10000 of the last days");
});

test("each says what it told of and what became of it", () => {
  const one = { type: "command.failed", state: "delivered", attempts: 1, last_error: null };
  assert.deepEqual(notificationWords(one), { what: "A command failed", became: "delivered" });
  assert.equal(notificationWords({ ...one, attempts: 3, last_error: "it answered 500" }).became, "delivered after 3 tries");
  assert.equal(notificationWords({ ...one, state: "waiting", attempts: 0 }).became, "waits");
  assert.equal(notificationWords({ ...one, state: "waiting", last_error: "no" }).became, "waits after 1 try: no");
  assert.equal(notificationWords({ ...one, state: "given_up", last_error: "it answered 410" }).became, "given up after 1 try: it answered 410");
  assert.equal(notificationWords({ ...one, state: "put_off" }).became, "put_off");
  assert.deepEqual(["delivered", "waiting", "given_up"].map((state) => notificationTone({ ...one, state })), ["good", "bad", "bad"]);
  assert.equal(notificationTone({ state: "waiting", attempts: 0 }), "unknown");
});

test("a test says that it arrived, or why not and what to do", () => {
  assert.deepEqual(testWords({ delivered: true, target: "http://ci" }), { tone: "good", says: "http://ci has it." });
  assert.deepEqual(testWords({ delivered: false, target: "http://ci", reason: "it answered 403", next_step: "Compare." }), { tone: "bad", says: "It was not delivered: it answered 403. Compare." });
});
