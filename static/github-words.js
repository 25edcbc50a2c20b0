// What the server says of its dealings with GitHub, in words for people. Pure; components/github-card.js shows it. A server that
// does not tell something has it left out.

import { ago, count, toMs } from "./format.js";

/** @typedef {import("./server-words.js").Fact} Fact */

/** Places that are named in a sentence. */
const NAMED_MAX = 3;

/** What GitHub counts apart. @type {Record<string, string>} */
const RESOURCES = { core: "Requests left", search: "Searches left" };

/** @param {any} github @param {number} now @returns {Fact[]} */
export function githubFacts({ site, has_token, webhooks, limits, last_answer_at, mentions }, now) {
  const when = (/** @type {string} */ iso) => ago(toMs(iso) ?? now, now);
  /** @type {(Fact | null)[]} */
  const facts = [
    site ? { name: "Where it is", says: String(site) } : null,
    has_token === undefined ? null : { name: "In whose name", says: has_token ? "of the token it was given" : "nobody’s: only what is public is read, and nothing is written. Set GITHUB_ACCESS_TOKEN to change that." },
    webhooks === undefined ? null : { name: "Webhooks", says: webhooks ? "taken, if they are signed" : "none are taken. Set GITHUB_WEBHOOK_SECRET, and the same secret on GitHub." },
    last_answer_at === undefined ? null : { name: "Last answer", says: last_answer_at ? when(last_answer_at) : "none yet" },
    ...(limits ?? []).map((/** @type {any} */ one) => ({ name: RESOURCES[one.resource] ?? `Left of “${one.resource}”`, says: left(one, now) })),
    mentions ? { name: "Mentions", says: mentioned(mentions, when) } : null,
  ];
  return facts.filter((one) => one !== null);
}

/** @param {any} limit @param {number} now */
function left({ limit, remaining, resets_at }, now) {
  const minutes = Math.ceil(((toMs(resets_at) ?? now) - now) / 60_000);
  return `${remaining} of ${limit}${minutes > 0 ? `, all of them again in ${minutes} min` : ""}`;
}

/** @param {any} mentions @param {(iso: string) => string} when */
function mentioned({ waiting, last_delivery_at }, when) {
  const words = [waiting > 0 ? `${count(waiting, "waits", "wait")} for an answer` : "none waits for an answer"];
  if (last_delivery_at) words.push(`the last webhook came ${when(last_delivery_at)}`);
  return words.join(", ");
}

/** How bringing in projects went, in a sentence; nothing where none was asked for. @param {any} brought @param {number} now @returns {{ says: string, tone: import("./server-words.js").Tone } | null} */
export function importWords(brought, now) {
  if (!brought || brought.state === "idle") return null;
  const { state, total, done, created, present, failed, failed_count, sources, ended_at } = brought;
  const from = sources?.length > 0 ? ` from ${few(sources)}` : "";
  if (state === "running") return { says: `Projects are being brought in${from}: ${done} of ${total}.`, tone: "unknown" };
  const lost = failed_count ?? failed?.length ?? 0;
  const parts = [`${count(created ?? 0, "project")} made`, present > 0 && `${present} there already`, lost > 0 && `${lost} not brought in`];
  const when = ended_at ? ` ${ago(toMs(ended_at) ?? now, now)}` : "";
  return { says: `Projects were brought in${from}${when}: ${parts.filter(Boolean).join(", ")}.`, tone: lost > 0 ? "bad" : "good" };
}

/** @param {string[]} names */
const few = (names) => names.length <= NAMED_MAX ? names.join(", ") : `${names.slice(0, NAMED_MAX).join(", ")} and ${names.length - NAMED_MAX} more places`;
