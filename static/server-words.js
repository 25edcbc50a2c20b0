// How the server is, as its report says, in words for people. Pure; server-report.js asks for the report.

import { ago, count, elapsed, toMs } from "./format.js";

/** @typedef {"good" | "warn" | "bad" | "unknown"} Tone */
/** @typedef {{ name: string, says: string }} Fact */

/** @type {Record<string, Tone>} */
const TONES = { healthy: "good", degraded: "warn", broken: "bad" };

/** What a change passes, in order. @type {[string, string, string][]} */
const STAGES = [
  ["write", "Written", "The writer has begun to store it."], ["commit", "Stored", "The database has it for good."], ["table", "Read", "Whoever reads the database finds it."],
  ["feed", "Shown", "It is in the feed, and who watches was woken."], ["stream", "Sent", "An event stream has sent it."], ["back", "Arrived", "What came out is what was written."],
];

/** The answer in a sentence. @param {any} report @returns {{ tone: Tone, says: string }} */
export function verdictOf({ report, error }) {
  if (error) return { tone: "bad", says: error };
  if (!report) return { tone: "unknown", says: "Having a look…" };
  return { tone: TONES[report.status] ?? "unknown", says: String(report.says) };
}

/** @param {{ severity: string }} finding @returns {Tone} */
export const toneOf = ({ severity }) => severity === "broken" ? "bad" : "warn";

/** What became of a change at each stage. @param {any} canary */
export function stagesOf(canary) {
  const ages = new Map(/** @type {any[]} */ (canary.stages).map(({ stage, age_ms }) => [stage, age_ms]));
  return STAGES.map(([id, name, means]) => {
    const age = ages.get(id);
    const isStuck = canary.stage === id;
    return { id, name, means: isStuck ? canary.means : means, tone: /** @type {Tone} */ (isStuck ? "bad" : age === undefined ? "unknown" : "good"), says: isStuck ? "stuck here" : age === undefined ? "not reached" : milliseconds(age) };
  });
}

/** @param {any} report @param {number} now @returns {Fact[]} */
export function factsOf({ server, database, writer, streams, executions, crashes, model }, now) {
  const facts = [
    { name: "Version", says: `${server.version}, environment “${server.environment}”` },
    { name: "Runs for", says: server.uptime_seconds === null ? "not known" : elapsed(server.uptime_seconds * 1_000) },
    { name: "Database", says: `${KINDS[database.kind] ?? database.kind}${database.read_ms === null ? ", does not answer" : `, answers within ${milliseconds(database.read_ms)}`}` },
    { name: "Storing", says: storing(writer, now) },
    { name: "Room on the disk", says: server.disk ? `${bytes(server.disk.free_bytes)} of ${bytes(server.disk.total_bytes)} free` : "not known" },
    { name: "Pages that watch", says: watching(streams) },
    { name: "Commands", says: executions.running === null ? "not known: the database cannot be read" : `${executions.running.length} running, ${executions.queued} queued` },
    { name: "Crashes of parts", says: crashes === 0 ? "none since the start" : `${crashes} since the start` },
  ];
  if (model) facts.push({ name: "Language model", says: `${model.name}, ${MODEL[model.status] ?? model.status}` });
  return facts;
}

/** @type {Record<string, string>} */
const KINDS = { sqlite: "SQLite", postgres: "PostgreSQL" };
/** @type {Record<string, string>} */
const MODEL = { there: "answers", away: "does not answer", not_asked_yet: "not asked yet" };

/** @param {any} writer @param {number} now */
function storing({ queue, last_commit_at, commit_ms_p99 }, now) {
  const last = toMs(last_commit_at);
  const words = [last === null ? "nothing yet" : `last ${ago(last, now)}`];
  if (commit_ms_p99 !== null) words.push(`all but one in a hundred within ${milliseconds(commit_ms_p99)}`);
  if (queue > 0) words.push(`${count(queue, "change waits", "changes wait")}`);
  return words.join(", ");
}

/** @param {any} streams */
function watching({ open, list }) {
  const lag = Math.max(0, ...list.map((/** @type {any} */ one) => one.lag));
  return `${count(open, "connection")} of pages and chats${lag > 0 ? `, the slowest ${count(lag, "step")} behind` : ""}`;
}

/** @param {any} actor @param {number} now */
export function actorWords({ state, restarts, last_exit }, now) {
  const words = [String(state).replaceAll("_", " ")];
  if (restarts > 0) words.push(`restarted ${count(restarts, "time")}`);
  if (last_exit) words.push(`${ago(toMs(last_exit.at) ?? now, now)} it ${last_exit.why}`);
  return words.join(", ");
}

/** The actors as the tree they are, each with how deep it is. @param {any[]} actors */
export function treeOf(actors) {
  /** @type {{ actor: any, depth: number }[]} */
  const tree = [];
  const add = (/** @type {string} */ parent, /** @type {number} */ depth) => {
    for (const actor of actors.filter((one) => one.parent === parent)) {
      tree.push({ actor, depth });
      add(actor.name, depth + 1);
    }
  };
  add("supervisor", 0);
  const shown = new Set(tree.map(({ actor }) => actor));
  return [...tree, ...actors.filter((actor) => !shown.has(actor)).map((actor) => ({ actor, depth: 0 }))];
}

/** @param {number} ms */
const milliseconds = (ms) => ms < 10 ? `${Math.max(0.1, ms).toFixed(1)} ms` : ms < 1_000 ? `${Math.round(ms)} ms` : elapsed(ms);

/** @param {number} n */
export function bytes(n) {
  const gigabytes = n / 1e9;
  return gigabytes >= 10 ? `${Math.round(gigabytes)} GB` : gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${Math.round(n / 1e6)} MB`;
}
