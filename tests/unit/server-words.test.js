// How the server is, in words.

import assert from "node:assert/strict";
import test from "node:test";
import { actorWords, bytes, factsOf, stagesOf, toneOf, treeOf, verdictOf } from "../../static/server-words.js";

const AT = Date.parse("2026-01-01T12:00:00Z");
const stages = ["write", "commit", "table", "feed", "stream", "back"].map((stage, at) => ({ stage, age_ms: 0.5 + at }));
const report = {
  status: "healthy", says: "Everything works.", findings: [], crashes: 0, model: null,
  server: { version: "1.2.3", environment: "local", uptime_seconds: 7_380, disk: { free_bytes: 4.2e9, total_bytes: 50e9 } },
  database: { kind: "sqlite", read_ms: 0.4 }, writer: { queue: 0, last_commit_at: "2026-01-01T11:59:00Z", commit_ms_p99: 2.34 },
  streams: { open: 2, list: [{ lag: 0 }, { lag: 0 }] }, executions: { running: [], queued: 1 },
};
/** @param {any} found */
const says = (found) => Object.fromEntries(factsOf(found, AT).map((fact) => [fact.name, fact.says]));

test("the verdict is the server's own, unless it cannot be asked", () => {
  assert.deepEqual(verdictOf({ report, error: null }), { tone: "good", says: "Everything works." });
  assert.equal(verdictOf({ report: { ...report, status: "degraded", says: "Slow." }, error: null }).tone, "warn");
  assert.equal(verdictOf({ report: { ...report, status: "broken", says: "Away." }, error: null }).tone, "bad");
  assert.deepEqual(verdictOf({ report, error: "The server cannot be reached." }), { tone: "bad", says: "The server cannot be reached." });
  assert.equal(verdictOf({ report: null, error: null }).tone, "unknown");
  assert.deepEqual([toneOf({ severity: "broken" }), toneOf({ severity: "warning" })], ["bad", "warn"]);
});

test("each stage says how old a change was there, and the one it is stuck at what that means", () => {
  assert.deepEqual(stagesOf({ stages, stage: null }).map((stage) => stage.says), ["0.5 ms", "1.5 ms", "2.5 ms", "3.5 ms", "4.5 ms", "5.5 ms"]);
  const stuck = stagesOf({ stages: stages.slice(0, 3), stage: "feed", means: "nobody is told" });
  assert.deepEqual(stuck.map((stage) => stage.tone), ["good", "good", "good", "bad", "unknown", "unknown"]);
  assert.deepEqual([stuck[3].says, stuck[3].means, stuck[4].says], ["stuck here", "nobody is told", "not reached"]);
});

test("what is known is said in words, and what is not is said not to be", () => {
  const known = says(report);
  assert.equal(known.Database, "SQLite, answers within 0.4 ms");
  assert.equal(known.Storing, "last 1 min ago, all but one in a hundred within 2.3 ms");
  assert.equal(known["Room on the disk"], "4.2 GB of 50 GB free");
  assert.equal(known.Commands, "0 running, 1 queued");
  assert.equal(known["Language model"], undefined);
  const away = says({
    ...report, database: { kind: "postgres", read_ms: null }, executions: { running: null, queued: null }, crashes: 2,
    server: { ...report.server, uptime_seconds: null, disk: null }, writer: { queue: 3, last_commit_at: null, commit_ms_p99: null },
    streams: { open: 1, list: [{ lag: 300 }] }, model: { name: "a-model", status: "away" },
  });
  assert.equal(away.Database, "PostgreSQL, does not answer");
  assert.equal(away.Storing, "nothing yet, 3 changes wait");
  assert.equal(away["Pages that watch"], "1 connection of pages and chats, the slowest 300 steps behind");
  assert.match(away.Commands, /^not known/);
  assert.deepEqual([away["Room on the disk"], away["Runs for"], away["Crashes of parts"], away["Language model"]], ["not known", "not known", "2 since the start", "a-model, does not answer"]);
  assert.deepEqual([bytes(999), bytes(5e6), bytes(1.25e9)], ["0 MB", "5 MB", "1.3 GB"]);
});

test("the parts are the tree they are, and each says what befell it", () => {
  const one = (/** @type {string} */ name, /** @type {string} */ parent) => ({ name, parent, state: "running", restarts: 0, last_exit: null });
  const tree = treeOf([one("executor", "supervisor"), one("streamer 1", "connections"), one("poller 1", "executor"), one("writer", "supervisor")]);
  assert.deepEqual(tree.map(({ actor, depth }) => [actor.name, depth]), [["executor", 0], ["poller 1", 1], ["writer", 0], ["streamer 1", 0]]);
  assert.equal(actorWords(one("writer", "supervisor"), AT), "running");
  assert.equal(actorWords({ state: "set_aside", restarts: 5, last_exit: { at: "2026-01-01T11:58:00Z", why: "panicked: no" } }, AT), "set aside, restarted 5 times, 2 min ago it panicked: no");
});
