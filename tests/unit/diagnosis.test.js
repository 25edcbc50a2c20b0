// Why a feed is empty, and why a stream was turned away.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf, textOf, verdictOf } from "../../static/diagnosis.js";
import { whyRefused } from "../../static/trouble.js";

const AT = Date.parse("2026-01-01T12:00:00Z");
const answered = (/** @type {any} */ value) => ({ value, at: AT, ms: 12 });
const failed = (/** @type {number} */ status, message = "it failed") => ({ error: { status, message }, at: AT, ms: 12 });
const report = {
  status: "healthy", activity_count: 3, head: 3, last_activity_at: "2026-01-01T11:58:00Z", streams: [], problem: null,
  writer: { queue: 0, last_commit_at: "2026-01-01T11:58:00Z", commit_ms_p50: 1, commit_ms_p99: 7.4 }, backend: { name: "offline", label: "This program" },
};
/** @type {import("../../static/diagnosis.js").Facts} */
const WELL = {
  at: AT, isOnline: true, link: { phase: "live", since: 0, failures: 0, lastEventAt: AT - 4_000, via: "stream" }, cursor: 3, held: 3, verbosity: 2,
  project: { id: "p", name: "Shop" }, backend: null, notifying: "off",
  health: answered({ version: "1", environment: "local" }), db: answered({ status: "healthy", checks: { database: "ok" } }),
  scar: answered({ status: "healthy", checks: { scar: "not used: …" } }), actors: answered({ actors: [{ name: "writer", state: "running" }], crashes: 0 }),
  report: answered(report), executions: answered({ counts: {}, executions: [], stuck: [] }),
};

/** What is said, and the tones of the rows that are not good. @param {Partial<import("../../static/diagnosis.js").Facts>} change */
function look(change) {
  const facts = { ...WELL, ...change };
  const rows = rowsOf(facts);
  return { says: verdictOf(facts, rows).says, odd: rows.filter((one) => one.tone !== "good").map((one) => `${one.id} ${one.tone}`) };
}

test("when all is well it says so, and what else may hide the steps", () => {
  assert.deepEqual(look({}), { says: "Everything works.", odd: [] });
  assert.match(look({ verbosity: 1 }).says, /set to Brief/);
  assert.match(look({ report: answered({ ...report, status: "no_data", activity_count: 0 }), held: 0 }).says, /nothing has happened in this project yet/);
});

test("what does not work comes first, and what follows from it is not called broken", () => {
  const away = failed(0);
  assert.deepEqual(look({ health: away, db: away, scar: away, actors: away, report: away, executions: away }), {
    says: "The server is not reached.", odd: ["server bad", "database unknown", "agent unknown", "log unknown", "commands unknown", "parts unknown"],
  });
  const database = answered({ status: "unhealthy", checks: { database: "nothing could be stored since 12:00: the disk is full" } });
  assert.equal(look({ db: database }).says, "Database: Nothing could be stored since 12:00: the disk is full.");
  assert.match(look({ scar: answered({ status: "unhealthy", checks: { scar: "connection refused" } }) }).says, /SCAR: Connection refused/);
  assert.match(look({ health: failed(502) }).says, /answers with an error \(502\)/);
});

test("before the first answers it says nothing yet", () => {
  const { health, db, scar, actors, report: _report, executions, ...rest } = WELL;
  assert.equal(verdictOf(rest, rowsOf(rest)).says, "Having a look…");
});

test("a tab without a connection, a silent command, a restarting part and a deleted project are told", () => {
  assert.deepEqual(look({ link: { phase: "waiting", since: 0, failures: 2, retryAt: AT + 3_000, lastEventAt: null } }).odd, ["tab bad"]);
  assert.deepEqual(look({ executions: answered({ counts: { RUNNING: 1 }, executions: [], stuck: [{ last_step_at: "2026-01-01T11:50:00Z" }] }) }).odd, ["commands warn"]);
  assert.deepEqual(look({ actors: answered({ actors: [{ name: "executor", state: "restarting" }], crashes: 1 }) }).odd, ["parts warn"]);
  assert.deepEqual(look({ report: failed(404), executions: failed(404) }).odd, ["log bad"]);
});

test("as text it has every row with its age and its advice", () => {
  const text = textOf(WELL, rowsOf(WELL), "http://here/");
  assert.match(text, /\[good\] Server: It answers, within 12 ms\. \(just now\)/);
  assert.match(text, /\[good\] Steps of Shop: 3 steps stored, the newest 2 min ago\./);
  assert.match(text, /within 7 ms/);
});

test("a refused stream is explained by what the server says to a plain question", () => {
  assert.deepEqual(whyRefused({ error: { status: 404, message: "" } }), { missing: true, problem: null });
  assert.deepEqual(whyRefused({ error: { status: 0, message: "not reached" } }), { missing: false, problem: null });
  assert.match(whyRefused({ error: { status: 503, message: "The mailbox is full" } }).problem ?? "", /no room.*\(503\): The mailbox is full\. It is tried again/);
  assert.match(whyRefused({ error: { status: 500, message: "" } }).problem ?? "", /error \(500\).*log\.$/);
  assert.match(whyRefused({ report: { status: "degraded", problem: "the disk is full" } }).problem ?? "", /database just now: the disk is full\./);
  assert.match(whyRefused({ report: { status: "healthy" } }).problem ?? "", /says that it is well/);
});

test("a coding agent on the server's machine says which it is, why, and what it wrote last; the copy leaves that out", () => {
  const used = { name: "acp", label: "Claude Code", address: "claude-code-acp", reason: "it is installed here", log: ["signed in as anna", "ready"] };
  const facts = { ...WELL, report: answered({ ...report, backend: used }) };
  const agent = (/** @type {any} */ known) => /** @type {any} */ (rowsOf(known).find((row) => row.id === "agent"));
  assert.deepEqual([agent(facts).tone, agent(facts).says, agent(facts).more, agent(facts).log],
    ["good", "Commands of this project run in: Claude Code.", ["Started with: claude-code-acp", "It is installed here."], used.log]);
  assert.doesNotMatch(textOf(facts, rowsOf(facts), "http://x"), /anna/);
  const trouble = { since: "2026-01-01T11:58:00Z", reason: "it could not be started: no such file" };
  const broken = agent({ ...WELL, report: answered({ ...report, backend: { ...used, trouble } }) });
  assert.equal(broken.tone, "bad");
  assert.match(broken.says, /^Claude Code does not work since 2 min ago: It could not be started/);
  const unopened = agent({ ...WELL, project: null, report: undefined, backendName: "acp", backend: "Claude Code was found." });
  assert.deepEqual([unopened.says, unopened.more], ["One on the server's own machine is used.", ["Claude Code was found."]]);
});
