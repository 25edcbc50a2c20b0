// What a filter lets through, here and in the query for the server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KINDS, NO_FILTER, countOf, isEmpty, matches, periodWords, queryOf, toggled } from "../../static/filter.js";

const NOW = Date.parse("2026-01-01T12:00:00.000Z");
const activity = (/** @type {any} */ more) => ({ seq: 1, id: "i", timestamp: "2026-01-01T11:59:00.000Z", source: "claude", kind: "tool", message: "m", verbosity: 2, ...more });
const passes = (/** @type {any} */ filter, /** @type {any} */ more, verbosity = 3) => matches(activity(more), { ...NO_FILTER, ...filter }, NOW, verbosity);

test("without a choice everything passes and nothing is asked for but the verbosity", () => {
  assert.ok(passes({}, {}));
  assert.ok(isEmpty(NO_FILTER));
  assert.deepEqual(queryOf(NO_FILTER, NOW, 2), { verbosity: "2" });
});

test("kinds that people know stand for those of the wire", () => {
  assert.ok(passes({ kinds: ["tools"] }, { kind: "tool_result" }));
  assert.ok(!passes({ kinds: ["tools"] }, { kind: "message" }));
  assert.ok(passes({ kinds: ["tools", "messages"] }, { kind: "message" }));
  assert.equal(queryOf({ ...NO_FILTER, kinds: ["tools", "messages"] }, NOW, 3).kind, "message,pm,tool,tool_result");
});

test("the server is asked for no kind that it does not know", () => {
  const known = ["status", "text", "tool", "tool_result", "file_change", "plan", "pm", "message", "system", "error", "usage", "thinking", "gate", "phase"];
  assert.deepEqual(KINDS.flatMap(({ kinds }) => kinds).sort(), known.sort());
});

test("a verbosity hides what was not asked for by name", () => {
  assert.ok(!passes({}, { kind: "tool_result", verbosity: 3 }, 2));
  assert.ok(passes({ kinds: ["tools"] }, { kind: "tool_result", verbosity: 3 }, 2));
  assert.ok(passes({ errors: true }, { kind: "tool_result", status: "failed", verbosity: 3 }, 1));
  assert.equal(queryOf({ ...NO_FILTER, errors: true }, NOW, 1).verbosity, undefined);
});

test("what went wrong: errors, failed commands, failed steps, failures of the server", () => {
  for (const wrong of [{ kind: "error" }, { kind: "status", status: "FAILED" }, { kind: "tool_result", status: "failed" }, { kind: "system", status: "set_aside" }]) {
    assert.ok(passes({ errors: true }, wrong), JSON.stringify(wrong));
  }
  for (const right of [{ kind: "tool_result", status: "ok" }, { kind: "status", status: "CANCELLED" }, { kind: "system", status: "stalled" }]) {
    assert.ok(!passes({ errors: true }, right), JSON.stringify(right));
  }
});

test("source, command and phase must be the ones that were chosen, and what has none does not pass", () => {
  assert.ok(passes({ sources: ["claude"], commands: ["prime"], phase: "Build" }, { command: "prime", phase: "Build" }));
  assert.ok(!passes({ sources: ["pm"] }, {}));
  assert.ok(!passes({ commands: ["prime"] }, { command: null }));
  assert.ok(!passes({ phase: "Build" }, {}));
});

test("a time goes back from now, or from one moment up to before another", () => {
  assert.ok(passes({ period: "quarter" }, {}));
  assert.ok(!passes({ period: "quarter" }, { timestamp: "2026-01-01T11:44:59.999Z" }));
  const [from, to] = ["2026-01-01T11:00", "2026-01-01T11:30"];
  const at = (/** @type {string} */ wall) => ({ timestamp: new Date(wall).toISOString() });
  assert.ok(passes({ period: "between", from, to }, at(from)));
  assert.ok(!passes({ period: "between", from, to }, at(to)));
  assert.ok(passes({ period: "between", from, to: "" }, at(to)));
  assert.equal(queryOf({ ...NO_FILTER, period: "between", from, to }, NOW, 3).from, new Date(from).toISOString());
});

test("two times of which none is given filter nothing", () => {
  assert.ok(isEmpty({ ...NO_FILTER, period: "between" }));
  assert.equal(countOf({ ...NO_FILTER, period: "between", from: "2026-01-01T11:00", errors: true, kinds: ["tools"] }), 3);
});

test("a choice is made and taken back", () => {
  const once = toggled(NO_FILTER, "kinds", "tools");
  assert.deepEqual(once.kinds, ["tools"]);
  assert.deepEqual(toggled(once, "kinds", "tools"), NO_FILTER);
});

test("a time is said in words", () => {
  assert.equal(periodWords({ ...NO_FILTER, period: "hour" }), "Last hour");
  assert.equal(periodWords({ ...NO_FILTER, period: "between", from: "2026-01-01T11:00", to: "" }), "From 2026-01-01 11:00");
});
