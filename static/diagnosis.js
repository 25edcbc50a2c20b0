// Why is my feed empty? What the server and the browser say about themselves, as rows for people: how each part stands,
// since when, and what one can do. Pure; diagnostics.js gathers the facts.

import { AGENT_BACKEND } from "./agent-settings.js";
import { ago, count, elapsed, toMs } from "./format.js";
import { lastWords, pillWords, wayWords } from "./pill.js";
import { commandWords } from "./words.js";

/**
 * @typedef {{ value?: any, error?: { status: number, message: string }, at: number, ms: number }} Answer `at` is when it came, `ms` how long it took
 * @typedef {{ at: number, isOnline: boolean, link: import("./state.js").Link | null, cursor: number, held: number, verbosity: number,
 *   project: { id: string, name: string } | null, backend: string | null, backendName?: string | null, notifying: string,
 *   health?: Answer, db?: Answer, scar?: Answer, actors?: Answer, report?: Answer, executions?: Answer }} Facts
 * @typedef {"good" | "warn" | "bad" | "unknown"} Tone
 * @typedef {{ id: string, name: string, tone: Tone, says: string, seenAt: number | null, more: string[], log: string[], advice: string | null,
 *   headline: string }} Row `log` are the last lines a coding agent wrote beside its work; `headline` says it where the name does not stand beside it
 */

const UNREACHED = "Nothing answers. If you started Project Manager yourself, check that it still runs, and start it again if not. Otherwise ask whoever runs it, and check this machine's network.";

/** @param {Facts} facts @returns {Row[]} */
export function rowsOf(facts) {
  const rows = [server(facts), database(facts), way(facts), agent(facts), tabOf(facts), log(facts), commands(facts), parts(facts)];
  return rows.filter((row) => row !== null);
}

/** The answer to the question, in a sentence. @param {Facts} facts @param {Row[]} rows @returns {{ tone: Tone, says: string }} */
export function verdictOf(facts, rows) {
  if (!facts.health) return { tone: "unknown", says: "Having a look…" };
  const bad = rows.find((row) => row.tone === "bad");
  if (bad) return { tone: "bad", says: bad.headline };
  if (facts.project && !facts.report) return { tone: "unknown", says: "Having a look…" };
  const report = facts.report?.value;
  if (facts.project && report?.activity_count === 0) return { tone: "good", says: "Everything works. The feed is empty because nothing has happened in this project yet: ask for something in the chat." };
  const warn = rows.find((row) => row.tone === "warn");
  if (warn) return { tone: "warn", says: warn.headline };
  if (facts.project && report && facts.held === 0) return { tone: "warn", says: `${count(report.activity_count, "step")} are stored, but this tab has none of them yet. Reload the page.` };
  if (facts.project && facts.verbosity === 1) return { tone: "good", says: "Everything works. This tab is set to Brief, which leaves most steps out; choose Steps or All above the activity to see them." };
  return { tone: "good", says: "Everything works." };
}

/** @param {string} id @param {string} name @param {Partial<Row>} row @returns {Row} */
const row = (id, name, { tone = "good", says = "", seenAt = null, more = [], log = [], advice = null, headline = `${name}: ${says}` }) => ({ id, name, tone, says, seenAt, more, log, advice, headline });

/** What there is to say when a question was not answered. @param {string} id @param {string} name @param {Answer | undefined} answer */
function unanswered(id, name, answer) {
  if (!answer) return row(id, name, { tone: "unknown", says: "Being asked…" });
  const { status, message } = /** @type {{ status: number, message: string }} */ (answer.error);
  if (status === 0) return row(id, name, { tone: "unknown", says: "Not known: the server is not reached.", seenAt: answer.at });
  return row(id, name, { tone: "warn", says: `Not known: ${message}`, seenAt: answer.at });
}

/** @param {Facts} facts */
function server({ health }) {
  const name = "Server";
  if (!health) return unanswered("server", name, health);
  if (health.error) {
    const isReached = health.error.status > 0;
    return row("server", name, {
      tone: "bad", seenAt: health.at, says: isReached ? `It answers with an error (${health.error.status}).` : "It is not reached.",
      headline: isReached ? `The server answers with an error (${health.error.status}).` : "The server is not reached.",
      advice: isReached ? "A proxy in front of it may not reach it, or it is about to start. If it stays so, whoever runs it finds the reason in its log." : UNREACHED,
    });
  }
  const { version, environment } = health.value;
  return row("server", name, { says: `It answers, within ${milliseconds(health.ms)}.`, seenAt: health.at, more: [`Version ${version}, environment “${environment}”`] });
}

/** @param {Facts} facts */
function database({ db, report, at }) {
  const name = "Database";
  if (!db?.value) return unanswered("database", name, db);
  const found = String(db.value.checks?.database ?? "");
  const writer = report?.value?.writer;
  const more = [];
  if (writer?.last_commit_at) more.push(`Last stored ${ago(toMs(writer.last_commit_at) ?? at, at)}${writer.commit_ms_p99 === null ? "" : `; all but one in a hundred within ${milliseconds(writer.commit_ms_p99)}`}`);
  if (writer?.queue > 0) more.push(`${count(writer.queue, "change waits", "changes wait")} to be stored`);
  if (db.value.status === "healthy") return row("database", name, { says: "It can be read and written.", seenAt: db.at, more });
  return row("database", name, {
    tone: "bad", says: sentence(found), seenAt: db.at, more,
    advice: "What happens meanwhile is kept and stored as soon as it is back; the server tries by itself. If it stays so, look whether its disk is full or whether the database runs and is reachable.",
  });
}

/** Whether what is written arrives: a change the server writes to test itself, and what this project's pages were shown. @param {Facts} facts */
function way({ report }) {
  const test = report?.value?.connection_test;
  if (!test) return null;
  const name = "From the database to the screen";
  const seenAt = /** @type {Answer} */ (report).at;
  if (test.status === "failed") {
    return row("way", name, { tone: "bad", says: `What is written does not arrive: ${sentence(test.means ?? "")}`, headline: "What is written does not arrive.", seenAt, more: test.why ? [sentence(test.why)] : [], advice: test.next_step });
  }
  const { ring } = test;
  if (ring.status === "failed") {
    return row("way", name, {
      tone: "bad", says: `Step ${ring.known} was the last that was shown, and ${ring.head} are stored.`, headline: "Not everything that is stored is shown.", seenAt,
      advice: "Reload the page. If it comes again, whoever runs the server should restart it and keep its log.",
    });
  }
  const age = test.stages.at(-1)?.age_ms;
  return row("way", name, { says: `A change arrives${age === undefined ? "." : ` within ${milliseconds(age)}.`}`, seenAt });
}

/** What runs on the server's own machine: there is nothing to be reached, but a program to be started. @param {Facts} facts */
function localAgent({ report, backend, at }) {
  const name = "Coding agent";
  const used = report?.value?.backend;
  const log = (/** @type {any[]} */ (used?.log ?? [])).map(String);
  const why = used?.reason ?? backend;
  const more = [used?.address && `Started with: ${used.address}`, why && sentence(why), used?.note && sentence(used.note)].filter(Boolean);
  const seenAt = report?.at ?? null;
  if (used?.trouble) {
    return row("agent", name, {
      tone: "bad", says: `${used.label} does not work since ${ago(toMs(used.trouble.since) ?? at, at)}: ${sentence(used.trouble.reason)}`, seenAt, more, log,
      advice: "Check that it is installed on the server's machine, that it is signed in there, and that its command line in the project's settings is right.",
    });
  }
  return row("agent", name, { says: used ? `Commands of this project run in: ${used.label}.` : "One on the server's own machine is used.", seenAt, more, log });
}

/** @param {Facts} facts */
function agent(facts) {
  const { scar, report, backend, backendName, at } = facts;
  const name = "Coding agent";
  if ((report?.value?.backend?.name ?? backendName) === AGENT_BACKEND) return localAgent(facts);
  if (!scar?.value) return unanswered("agent", name, scar);
  const found = String(scar.value.checks?.scar ?? "");
  const used = report?.value?.backend;
  const trouble = used?.trouble;
  const more = [used && `Commands of this project run in: ${used.label}`, used?.address && `At ${used.address}`, used?.note && sentence(used.note)].filter(Boolean);
  if (trouble) {
    return row("agent", name, {
      tone: "bad", says: `${used.label} does not answer since ${ago(toMs(trouble.since) ?? at, at)}: ${sentence(trouble.reason)}`, seenAt: scar.at, more,
      advice: "What runs there is followed again as soon as it answers. Check that it runs and that its address in the settings is right.",
    });
  }
  if (scar.value.status !== "healthy") {
    return row("agent", name, { tone: "bad", says: `SCAR: ${sentence(found)}`, seenAt: scar.at, more, advice: "Commands wait until it answers. Check that SCAR runs and that SCAR_BASE_URL names it." });
  }
  if (found.startsWith("not used")) {
    return row("agent", name, { says: "None is connected.", seenAt: scar.at, more: backend ? [backend] : more });
  }
  return row("agent", name, { says: "SCAR answers.", seenAt: scar.at, more });
}

/** @param {Facts} facts */
function tabOf({ link, at, isOnline, cursor, held, report, notifying }) {
  const name = "This tab";
  const more = [`Notifications: ${NOTIFYING[notifying] ?? notifying}`];
  if (!link) return row("tab", name, { tone: "unknown", says: "No project is open in it.", more });
  const { text, next } = pillWords(link, at, isOnline);
  if (link.phase === "live") {
    const lag = Math.max(0, (report?.value?.head ?? 0) - cursor);
    more.unshift(wayWords(link), `${count(held, "step")} here, the newest is number ${cursor}`);
    if (lag > 0 && (report?.at ?? 0) < at - 5_000) return row("tab", name, { tone: "warn", says: `Live, but ${count(lag, "step")} behind the server.`, seenAt: link.lastEventAt, more, advice: "It catches up by itself; a reload of the page begins afresh." });
    return row("tab", name, { says: "Live.", seenAt: link.lastEventAt, more });
  }
  return row("tab", name, {
    tone: link.failures > 0 ? "bad" : "unknown", says: `${[text, next].filter(Boolean).join(", ")}; ${lastWords(link, at)}.`, headline: "This tab is not connected.", seenAt: link.lastEventAt, more,
    advice: isOnline ? "It tries again by itself for as long as it takes. “Reconnect now” above tries at once." : "This machine has no network. It goes on by itself when there is one.",
  });
}

/** @type {Record<string, string>} */
const NOTIFYING = {
  on: "on", off: "off, as you said", unasked: "not asked for yet", blocked: "blocked in the browser's settings for this page",
  impossible: "this browser shows none at this address",
};

/** @param {Facts} facts */
function log({ project, report, at }) {
  if (!project) return null;
  const name = `Steps of ${project.name}`;
  if (!report?.value) {
    if (report?.error?.status === 404) return row("log", name, { tone: "bad", says: "The server does not know this project.", seenAt: report.at, advice: "It was deleted, or the address is not complete. Choose another one under Projects." });
    return unanswered("log", name, report);
  }
  const { status, database_check, activity_count, last_activity_at, problem, streams } = report.value;
  if (status === "degraded") return row("log", name, { tone: "bad", says: sentence(problem), seenAt: report.at, advice: database_check === "passed" ? "See “From the database to the screen”." : "See Database." });
  const watching = `${count(streams.length, "connection")} of pages and chats to it`;
  if (activity_count === 0) return row("log", name, { says: "Nothing has happened yet.", seenAt: report.at, more: [watching], advice: "Ask for something in the chat, “Analyze the codebase” for a start." });
  return row("log", name, { says: `${count(activity_count, "step")} stored, the newest ${ago(toMs(last_activity_at) ?? at, at)}.`, seenAt: report.at, more: [watching] });
}

/** @param {Facts} facts */
function commands({ project, executions, at }) {
  if (!project) return null;
  const name = "Commands";
  if (!executions?.value) return executions?.error?.status === 404 ? null : unanswered("commands", name, executions);
  const { counts, executions: [last], stuck } = executions.value;
  const all = Object.entries(counts).map(([status, n]) => `${n} ${STATUSES[status] ?? status.toLowerCase()}`).join(", ");
  const more = all ? [all] : [];
  if (stuck.length > 0) {
    return row("commands", name, {
      tone: "warn", says: `One runs and has said nothing since ${ago(toMs(stuck[0].last_step_at) ?? at, at)}.`, seenAt: executions.at, more,
      advice: "A coding agent may think for minutes. Look at its last step in the activity, or stop it in the chat.",
    });
  }
  const says = last ? `The newest, “${commandWords(last.command_type).title}”, ${STATUSES[last.status] === "done" ? "is done" : `is ${STATUSES[last.status] ?? "there"}`}.` : "None was started yet.";
  return row("commands", name, { says, seenAt: executions.at, more });
}

/** @type {Record<string, string>} */
const STATUSES = { QUEUED: "queued", RUNNING: "running", COMPLETED: "done", FAILED: "failed", CANCELLED: "stopped" };

/** @param {Facts} facts */
function parts({ actors }) {
  const name = "Inside the server";
  if (!actors?.value) return unanswered("parts", name, actors);
  const all = /** @type {any[]} */ (actors.value.actors);
  const down = all.filter((one) => one.state !== "running");
  const more = [`${count(all.length, "part")} at work, ${count(actors.value.crashes, "crash", "crashes")} since it was started`];
  if (down.length === 0) return row("parts", name, { says: "All parts run.", seenAt: actors.at, more });
  return row("parts", name, {
    tone: "warn", says: `${down.map((one) => `“${one.name}” is ${String(one.state).replaceAll("_", " ")}`).join(", ")}.`, seenAt: actors.at, more,
    advice: "What is restarted goes on from what is stored. If it comes again, whoever runs the server finds the reason in its log.",
  });
}

/** @param {number} ms */
const milliseconds = (ms) => ms < 1_000 ? `${Math.max(1, Math.round(ms))} ms` : elapsed(ms);

/** The server's words as a sentence. @param {string} words */
function sentence(words) {
  const text = words.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** All of it as text, to be sent to somebody who can help. @param {Facts} facts @param {Row[]} rows @param {string} address */
export function textOf(facts, rows, address) {
  const age = (/** @type {Row} */ { seenAt }) => seenAt === null ? "" : ` (${ago(seenAt, facts.at)})`;
  return [
    `Project Manager diagnostics, ${new Date(facts.at).toISOString()}`, address, verdictOf(facts, rows).says, "",
    ...rows.flatMap((one) => [`[${one.tone}] ${one.name}: ${one.says}${age(one)}`, ...one.more.map((line) => `    ${line}`), ...(one.advice ? [`    -> ${one.advice}`] : [])]),
    "",
  ].join("\n");
}
